using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

/// <summary>What one broker with two places has to do, and what the lab has to say when something is wrong with it.</summary>
internal sealed class SharedStorageContract(ComposeLab lab, IReadOnlyDictionary<string, string?> environment)
{
    private const string Queue = "old.messages";
    private const int Stored = 300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the lab, kills the active host under load, cuts the hosts off from each other, moves the broker, and takes the lab down.</summary>
    internal async Task CheckAsync()
    {
        await UpAsync();
        var drilled = await DrillAsync(0, "--faults", "kill,split,move");
        Assert.Contains("Nothing was lost.", drilled, StringComparison.Ordinal);
        Assert.Matches(@"split +- +- +\d{1,4} ", drilled); // shorter than any start of a broker: the host with the broker has won
        Assert.Matches(@"(?s)How the broker failed over:.*kill +host[12] +\d+ +\d+ +\d+ +\d+ +\d+ +\d+", drilled);
        await SucceedAsync("down");
    }

    /// <summary>Goes through everything that must be said plainly, and that the lab must be able to undo.</summary>
    internal async Task CheckWarningsAsync()
    {
        await UpAsync();
        await AssertNothingIsStartedWithoutThePowerSwitchAsync();
        await AssertIsSaidAndUndoneAsync("wrong-name", @"has other data than this\s+lab's");
        await AssertIsSaidAndUndoneAsync(
            "wrong-owner", @"The start of broker on host1 failed: .*eacces", @"The start of broker on host2 failed: .*eacces", "broker runs on no host");
        await AssertIsSaidAndUndoneAsync(
            "damage-metadata", "The start of broker on host1 failed", "The start of broker on host2 failed", "broker runs on no host");
        await AssertDamagedMessagesAreCalledLostAsync();

        // The control: without fencing two brokers run on the same data, and the drill must see it.
        Assert.Contains("Two brokers ran on the same data", await DrillAsync(3, "--plan", "no-fencing"), StringComparison.Ordinal);
        await SucceedAsync("down");
    }

    private async Task UpAsync()
    {
        await SucceedAsync("up", "--topology", "shared-storage");
        await WaitForStatusAsync("host1 .* running", "host2 .* standing by", "the broker is on host1, the virtual address on host1");
    }

    private async Task AssertNothingIsStartedWithoutThePowerSwitchAsync()
    {
        await SucceedAsync("fault", "switch-off");
        await WaitForStatusAsync("The power switch is down");
        await SucceedAsync("fault", "kill", "host1");
        await WaitForStatusAsync(@"host1 is out of sight, and its fencing\s+failed", "host2 .* standing by");
        Assert.DoesNotMatch("host2 .* running", await StatusAsync());

        await SucceedAsync("heal");
        await WaitForStatusAsync("host[12] .* running", "host[12] .* standing by");
    }

    private async Task AssertIsSaidAndUndoneAsync(string fault, params string[] patterns)
    {
        await SucceedAsync("fault", fault);
        await WaitForStatusAsync(patterns);
        await SucceedAsync("heal");
        await WaitForStatusAsync("host[12] .* running", "host[12] .* standing by");
        Assert.DoesNotMatch("failed|other data|no host", await StatusAsync());
    }

    // A classic queue's store that is damaged is empty when the broker has started, and no error is reported. Only the count shows it.
    private async Task AssertDamagedMessagesAreCalledLostAsync()
    {
        var folder = Directory.CreateTempSubdirectory("cluster-test-damaged-").FullName;
        try
        {
            var (sent, received) = (Path.Combine(folder, "sent.jsonl"), Path.Combine(folder, "received.jsonl"));
            await RunProgramAsync("cluster-test-producer", sent, "--count", Stored.ToString(CultureInfo.InvariantCulture));
            await SucceedAsync("fault", "damage-messages");
            await RunProgramAsync("cluster-test-consumer", received, "--time", "5s");

            var (exitCode, output, _) = await lab.RunAsync(environment, "verdict", sent, received);

            Assert.Equal(3, exitCode);
            Assert.Matches($@"lost +{Stored} ", output);
            await SucceedAsync("heal");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunProgramAsync(string program, string output, params string[] arguments)
    {
        await using var running = ProgramUnderTest.Start(program,
        [
            lab.Options.Ports.VirtualAddress, "5672",
            "--queue", Queue, "--exchange", Queue, "--routing-key", Queue, "--queue-type", "classic", "--output", "json", .. arguments,
        ]);
        Assert.Equal(0, await running.ExitCodeAsync(TestLab.Patience));
        await File.WriteAllTextAsync(output, running.StandardOutput.ToString(), Token);
    }

    private async Task<string> DrillAsync(int expected, params string[] drill)
    {
        var reports = Directory.CreateTempSubdirectory("cluster-test-shared-").FullName;
        try
        {
            var (exitCode, output, error) = await lab.RunAsync(environment, ["drill", "--rate", "50", "--report", reports, .. drill]);
            Assert.True(exitCode == expected, output + error);
            return output;
        }
        finally
        {
            Directory.Delete(reports, recursive: true);
        }
    }

    private async Task WaitForStatusAsync(params string[] patterns)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TestLab.Patience);
        string said;
        do
        {
            said = await StatusAsync();
        }
        while (!patterns.All(pattern => Regex.IsMatch(said, pattern)) && !deadline.IsCancellationRequested);

        Assert.All(patterns, pattern => Assert.Matches(pattern, said));
    }

    private async Task<string> StatusAsync() => (await lab.RunAsync(environment, "status")).Output;

    private async Task SucceedAsync(params string[] command)
    {
        var (exitCode, output, error) = await lab.RunAsync(environment, command);
        Assert.True(exitCode is 0, $"{string.Join(' ', command)}: {output}{error}");
    }
}
