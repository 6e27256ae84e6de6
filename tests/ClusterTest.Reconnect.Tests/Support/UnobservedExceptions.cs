using System.Collections.Concurrent;
using RabbitMQ.Client.Exceptions;
using Xunit;

[assembly: AssemblyFixture(typeof(ClusterTest.Reconnect.Tests.Support.UnobservedExceptions))]

// They wait for deadlines and backoffs more than they work.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.All, MaxThreads = 8)]

namespace ClusterTest.Reconnect.Tests.Support;

/// <summary>Fails the run when a task failed, anywhere in it, and nobody looked.</summary>
public sealed class UnobservedExceptions : IDisposable
{
    private const string Connection = "RabbitMQ.Client.Framing.Connection";

    private readonly ConcurrentQueue<AggregateException> _exceptions = [];

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += Add;

    public void Dispose()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        TaskScheduler.UnobservedTaskException -= Add;
        Assert.Empty(_exceptions);
    }

    // The client library itself leaves an answer that nobody awaits any more to fail with its connection: it is set, with what ended its main
    // loop if anything was thrown there (Connection.HandleMainLoopExceptionAsync, 7.2.2). And when the loop ends later than its abort waits for it
    // (5 s), the loop finds itself disposed of (Connection.FinishCloseAsync). Whatever passed through code of ours shows that in its trace.
    private static bool IsTheClientLibrarys(Exception exception) => exception switch
    {
        OperationInterruptedException { StackTrace: null } => true,
        { StackTrace: { } trace } when trace.Contains("ClusterTest.", StringComparison.Ordinal) => false,
        ObjectDisposedException { StackTrace: { } trace } when trace.Contains($"{Connection}.FinishCloseAsync", StringComparison.Ordinal) => true,
        { StackTrace: { } trace } => trace.Contains($"{Connection}.ReceiveLoopAsync", StringComparison.Ordinal),
        _ => false,
    };

    private void Add(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        if (!unobserved.Exception.InnerExceptions.All(IsTheClientLibrarys))
        {
            _exceptions.Enqueue(unobserved.Exception);
        }
    }
}
