using BenchmarkDotNet.Attributes;
using ClusterTest.Reconnect;
using ClusterTest.Reconnect.Internal.Producing;

namespace ClusterTest.Benchmarks.Paths;

/// <summary>A message through the outbox: added, taken by a channel, confirmed; the confirms come for several at a time, or one each.</summary>
[MemoryDiagnoser]
public class OutboxPath
{
    private const int Batch = 512;

    private readonly Outbox _outbox =
        new(ProducerOptions.DefaultWindow, ProducerOptions.DefaultPublishTimeout, TimeProvider.System, static (_, _) => { });

    private readonly InFlight _channel = new();
    private readonly byte[] _body = new byte[256];
    private ulong _confirmed;

    [Params(1, 32)]
    public int ConfirmedAtOnce { get; set; }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void Publish()
    {
        for (var i = 0; i < Batch; i++)
        {
            _outbox.Add(new OutgoingContent(new OutgoingMessage { Body = _body }), CancellationToken.None);
            _outbox.TryTake(_channel);
        }

        for (var i = 0; i < Batch; i += ConfirmedAtOnce)
        {
            _confirmed += (ulong)ConfirmedAtOnce;
            _outbox.Confirm(_channel, _confirmed, multiple: ConfirmedAtOnce > 1);
        }

        _outbox.Tick();
    }
}
