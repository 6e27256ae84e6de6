using System.Diagnostics;
using System.Net;
using ClusterTest.Reconnect;

namespace BenchClient.Freezing;

/// <summary>
/// Publishes at full rate with one session for each address, says <c>ready</c> when all are open, and notes what is confirmed until a line comes.
/// </summary>
internal static class FreezeMeter
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <exception cref="InvalidOperationException">Not every message was confirmed in the end.</exception>
    public static async Task<ConfirmSeries> MeasureAsync(Target target, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        var open = 0;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // One name with several addresses: each session begins at the next one.
        await using var producer = ClusterProducer.Start(new ProducerOptions
        {
            Cluster = new ClusterOptions
            {
                Endpoints = [new ClusterEndpoint("brokers.test", target.Port)],
                LookUp = _ => Task.FromResult(addresses.ToArray()),
                Topology = Topology.Named(target.Queue),
                Sessions = addresses.Count,
                OnSessionEvent = change =>
                {
                    if (change is { To: SessionState.Open, Generation: 1 } && Interlocked.Increment(ref open) == addresses.Count)
                    {
                        ready.TrySetResult();
                    }
                },
            },
            Window = target.Window,
        });
        await ready.Task.WaitAsync(cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publishing = Task.Run(() => PublishAsync(producer, new byte[target.Size], over.Token), CancellationToken.None);
        Console.WriteLine("ready");
        var told = Task.Run(Console.In.ReadLine, CancellationToken.None);
        var series = await WatchAsync(producer, Task.WhenAny(publishing, told), cancellationToken);
        await over.CancelAsync();
        await publishing;
        var unconfirmed = await producer.StopAsync();
        var all = producer.Statistics;
        return unconfirmed.Count == 0 && all.Confirmed == all.Accepted
            ? series
            : throw new InvalidOperationException($"{all.Confirmed} of {all.Accepted} messages were confirmed.");
    }

    private static async Task<ConfirmSeries> WatchAsync(ClusterProducer producer, Task end, CancellationToken cancellationToken)
    {
        List<long> at = [];
        List<long> confirmed = [];
        using var timer = new PeriodicTimer(Step, TimeProvider.System);
        while (!end.IsCompleted && await timer.WaitForNextTickAsync(cancellationToken))
        {
            at.Add(Stopwatch.GetTimestamp());
            confirmed.Add(producer.Statistics.Confirmed);
        }

        return new ConfirmSeries(at, confirmed);
    }

    private static async Task PublishAsync(ClusterProducer producer, byte[] body, CancellationToken over)
    {
        try
        {
            while (true)
            {
                await producer.WaitToPublishAsync(over);
                _ = producer.PublishAsync(new OutgoingMessage { Body = body }, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Measured.
        }
    }
}
