using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

/// <summary>What one broker with two places has to do, and what the lab has to say when something is wrong with it.</summary>
internal sealed class SharedStorageContract(ComposeLab lab, IReadOnlyDictionary<string, string?> environment)
{
    private const string Agent = "/usr/lib/ocf/resource.d/cluster-test/broker";
    private const int Stored = 300;
    private const string Active = "host[12] .* running";
    private const string StandingBy = "host[12] .* standing by";

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
        await AssertASecondLabIsRefusedAsync();
        await AssertNothingIsStartedWithoutThePowerSwitchAsync();
        await AssertIsSaidAndUndoneAsync("wrong-name", @"has other data than this\s+lab's");
        await AssertIsSaidAndUndoneAsync(
            "wrong-owner", @"The start of broker on host1 failed: .*eacces", @"The start of broker on host2 failed: .*eacces", "broker runs on no host");
        await AssertIsSaidAndUndoneAsync(
            "damage-metadata", "The start of broker on host1 failed", "The start of broker on host2 failed", "broker runs on no host");
        await AssertDamagedMessagesAreCalledLostAsync();

        // The control: without fencing two brokers run on the same data, and the drill must see it.
        Assert.Contains("Two brokers ran on the same data", await DrillAsync(3, "--plan", "no-fencing"), StringComparison.Ordinal);
        await AssertHealingEndsABrokerThatWasPassedOverAsync();
        await AssertASecondBrokerByHandIsSaidAsync();
        await SucceedAsync("down");
    }

    private async Task UpAsync()
    {
        await SucceedAsync("up", "--topology", "shared-storage");
        await WaitForStatusAsync(Active, StandingBy, @"the broker is on (host[12]), the virtual address on \1"); // host1 is preferred, if it is there in time
    }

    private async Task AssertASecondLabIsRefusedAsync()
    {
        await using var second = new ComposeLab();
        var (exitCode, _, error) = await second.RunAsync(environment, "up", "--topology", "shared-storage");

        Assert.Equal(2, exitCode);
        Assert.Contains("give this one another --port-base", error, StringComparison.Ordinal);
    }

    private async Task AssertNothingIsStartedWithoutThePowerSwitchAsync()
    {
        var active = await FindActiveAsync();
        await SucceedAsync("fault", "switch-off");
        await WaitForStatusAsync("The power switch is down");
        await SucceedAsync("fault", "kill", active);
        await WaitForStatusAsync($@"{active} is out of sight, and its fencing\s+failed", StandingBy);
        Assert.DoesNotMatch(Active, await StatusAsync());

        await SucceedAsync("heal");
        await WaitForStatusAsync(Active, StandingBy);
    }

    private async Task AssertIsSaidAndUndoneAsync(string fault, params string[] patterns)
    {
        await SucceedAsync("fault", fault);
        await WaitForStatusAsync(patterns);
        await SucceedAsync("heal");
        await WaitForStatusAsync(Active, StandingBy);
        Assert.DoesNotMatch("failed|other data|no host", await StatusAsync());
    }

    // A classic queue's store that is damaged is empty when the broker has started, and no error is reported. Only the count shows it.
    private async Task AssertDamagedMessagesAreCalledLostAsync()
    {
        const string queue = "old.messages";
        var address = lab.Options.Ports.VirtualAddress;
        var folder = Directory.CreateTempSubdirectory("cluster-test-damaged-").FullName;
        try
        {
            var (sent, received) = (Path.Combine(folder, "sent.jsonl"), Path.Combine(folder, "received.jsonl"));
            var count = Stored.ToString(CultureInfo.InvariantCulture);
            await File.WriteAllTextAsync(sent, await RunProgramAsync("cluster-test-producer", address, queue, "--count", count), Token);
            await SucceedAsync("fault", "damage-messages");
            await File.WriteAllTextAsync(received, await RunProgramAsync("cluster-test-consumer", address, queue, "--time", "5s"), Token);

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

    private async Task AssertHealingEndsABrokerThatWasPassedOverAsync()
    {
        var frozen = await FindActiveAsync();
        await SucceedAsync("fault", "fencing-off");
        await SucceedAsync("fault", "freeze", frozen);
        await WaitForStatusAsync($"{frozen} .* frozen", Active);

        var (exitCode, output, error) = await lab.RunAsync(environment, "heal");
        Assert.True(exitCode is 0, output + error);
        Assert.Contains($"{frozen} is frozen, and the broker runs on", output, StringComparison.Ordinal);
        await WaitForStatusAsync(Active, StandingBy);
    }

    private async Task<string> FindActiveAsync() => Regex.Match(await StatusAsync(), "the broker is on (host[12])").Groups[1].Value;

    // RabbitMQ takes no lock on its data: both run, the second one takes queues and messages, and nothing is there of them when it has ended.
    private async Task AssertASecondBrokerByHandIsSaidAsync()
    {
        const string queue = "by.hand";
        var standby = Regex.Match(await StatusAsync(), "(host[12]) .* standing by").Groups[1].Value;
        var active = standby is "host1" ? "host2" : "host1";
        await StartSlowlyByHandAsync(standby);
        await WaitForStatusAsync("Two brokers run on the same data, on host1 and on host2");

        var address = Regex.Match(await StatusAsync(), $@"{standby} +([\d.]+):5672").Groups[1].Value;
        _ = await RunProgramAsync("cluster-test-producer", address, queue, "--count", "1");
        Assert.Contains(queue, await SucceedAsync("ctl", standby, "list_queues", "name"), StringComparison.Ordinal);
        await ByHandAsync(standby, "stop");

        Assert.DoesNotContain(queue, await SucceedAsync("ctl", active, "list_queues", "name"), StringComparison.Ordinal);
    }

    // On a busy machine, time goes by before the broker's process leads its session: here a second. It has not ended. The agent takes its path from the
    // container's environment, which has this folder first.
    private Task StartSlowlyByHandAsync(string host) => OnHostAsync(
        host,
        $"""
        slow=/usr/local/sbin/setsid
        trap 'rm -f $slow' EXIT
        printf '#!/bin/sh\ntouch /run/was-slow\nsleep 1\nexec /usr/bin/setsid "$@"\n' >$slow
        chmod +x $slow
        {Agent} start
        [ -e /run/was-slow ]
        """);

    private Task ByHandAsync(string host, string action) => OnHostAsync(host, $"{Agent} {action}");

    private async Task OnHostAsync(string host, string script) => _ = await DockerCli.RunOrFailAsync(
        [
            "exec", "--env", "OCF_ROOT=/usr/lib/ocf", "--env", "OCF_RESKEY_nodename=rabbit@shared", $"{lab.Options.Project}-{host}-1",
            "sh", "-ec", script,
        ],
        Token);

    private static async Task<string> RunProgramAsync(string program, string address, string queue, params string[] arguments)
    {
        await using var running = ProgramUnderTest.Start(program,
        [
            address, "5672",
            "--queue", queue, "--exchange", queue, "--routing-key", queue, "--queue-type", "classic", "--output", "json", .. arguments,
        ]);
        Assert.Equal(0, await running.ExitCodeAsync(TestLab.Patience));
        return running.StandardOutput.ToString();
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

        Assert.All(patterns, pattern => Assert.True(Regex.IsMatch(said, pattern), $"Nothing there is like {pattern}: {said}"));
    }

    private async Task<string> StatusAsync() => (await lab.RunAsync(environment, "status")).Output;

    private async Task<string> SucceedAsync(params string[] command)
    {
        var (exitCode, output, error) = await lab.RunAsync(environment, command);
        Assert.True(exitCode is 0, $"{string.Join(' ', command)}: {output}{error}");
        return output;
    }
}
