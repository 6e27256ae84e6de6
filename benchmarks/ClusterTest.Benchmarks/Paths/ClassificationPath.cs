using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using ClusterTest.Reconnect;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Benchmarks.Paths;

/// <summary>What a failure means: found for each session that is lost, and for each attempt that fails.</summary>
[MemoryDiagnoser]
public class ClassificationPath
{
    private readonly ShutdownEventArgs _forced = new(
        RabbitMQ.Client.ShutdownInitiator.Peer, 320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'");

    private readonly SocketException _refused = new((int)SocketError.ConnectionRefused);

    [Benchmark]
    public object Stopped() => FailureClassifier.Classify(_forced, FailureScope.Connection, Phase.Serve);

    [Benchmark]
    public object Closed() => FailureClassifier.Classify(new AlreadyClosedException(_forced), Phase.Serve);

    [Benchmark]
    public object Refused() => FailureClassifier.Classify(_refused, Phase.Connect);
}
