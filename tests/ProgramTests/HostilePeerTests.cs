using System.Globalization;
using ClusterTest.Testing;
using ScriptedAmqp;
using ScriptedAmqp.Hostile;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>Peers that send anything at all, to the program as users run it.</summary>
public abstract class HostilePeerTests : ProgramTest
{
    private const int Cases = 40;
    private const long Mebibyte = 1 << 20;

    private readonly int _seed = Random.Shared.Next();
    private readonly Dictionary<int, HostileCase> _cases = [];

    protected HostilePeerTests() => Broker = ScriptedBroker.Start(new ScriptedBrokerOptions { Distort = Distort });

    /// <summary>Runs the program so that it works until it is ended.</summary>
    protected abstract ProgramUnderTest StartLong();

    /// <summary>Waits until the program says anew that it works.</summary>
    protected abstract Task WorksAsync(ProgramUnderTest program, int from);

    [Fact]
    [Trait("takes", "long")]
    public async Task Lives_through_peers_that_send_anything_and_works_once_its_peer_is_well()
    {
        var program = StartLong();
        for (var i = 0; i < Cases; i++)
        {
            await Broker.WaitForAsync(broker => broker.Connections.Count > i || HasEnded(program), Patience);
            Assert.False(HasEnded(program), $"Seed {_seed}, {_cases.GetValueOrDefault(i)}: the program ended.{Environment.NewLine}{program.StandardError}");
            var connection = Broker.Connections[i];
            await Task.WhenAny(Broker.WaitForAsync(_ => connection.EndedAt is not null, TimeSpan.FromMilliseconds(300))); // long after it has opened, if it has
            connection.Reset();
        }

        await WorksAsync(program, program.StandardOutput.Count);
        Assert.InRange(Peak(program), 0, 300 * Mebibyte);
        program.Send(Signal.Terminate);
        Assert.Equal(0, await program.ExitCodeAsync(Patience));
        AssertNoStackTrace(program);
    }

    private static bool HasEnded(ProgramUnderTest program) => !File.Exists($"/proc/{program.ProcessId}/status");

    /// <summary>The most memory that it ever held, in bytes.</summary>
    protected static long Peak(ProgramUnderTest program) => 1024 * long.Parse(
        File.ReadLines($"/proc/{program.ProcessId}/status")
            .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private IAsyncEnumerable<ReadOnlyMemory<byte>> Distort(BrokerConnection connection, ReadOnlyMemory<byte> words, CancellationToken cancellationToken)
    {
        HostileCase @case;
        lock (_cases)
        {
            if (!_cases.TryGetValue(connection.Number, out @case!))
            {
                @case = connection.Number <= Cases ? new HostileCase(_seed, connection.Number) : HostileCase.None;
                _cases.Add(connection.Number, @case);
            }
        }

        return @case.DistortAsync(connection, words, cancellationToken);
    }
}
