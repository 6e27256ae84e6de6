using System.Collections.Concurrent;
using Xunit;

[assembly: AssemblyFixture(typeof(ClusterTest.Reconnect.Tests.Support.UnobservedExceptions))]

namespace ClusterTest.Reconnect.Tests.Support;

/// <summary>Fails the run when a task failed, anywhere in it, and nobody looked.</summary>
public sealed class UnobservedExceptions : IDisposable
{
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

    private void Add(object? sender, UnobservedTaskExceptionEventArgs unobserved) => _exceptions.Enqueue(unobserved.Exception);
}
