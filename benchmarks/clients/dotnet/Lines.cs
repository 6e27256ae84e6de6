using System.Diagnostics;
using ClusterTest.Events;

namespace ClusterTest.Clients;

/// <summary>The event lines of a consumer, as docs/events.md has them.</summary>
internal static class Lines
{
    private static long _received;
    private static int _outages;
    private static Moment? _lost;

    /// <summary>The first line.</summary>
    public static void Started(string program, Type type)
    {
        var version = FileVersionInfo.GetVersionInfo(type.Assembly.Location).ProductVersion!.Split('+')[0];
        Say(now => new StartedEvent(program, version, MachineClock.Id, 1, Setting("QUEUE"), Setting("QUEUE_TYPE")) { Timestamp = now });
    }

    /// <summary>It consumes, for the first time or again.</summary>
    public static Task ReadyAsync()
    {
        Say(static now => new ReadyEvent(0, 0, "") { Timestamp = now });
        if (_lost is { } lost)
        {
            _lost = null;
            Say(now => new RecoveredEvent(0, "", now - lost.At, TimeSpan.Zero, 1) { Timestamp = now });
        }

        return Task.CompletedTask;
    }

    /// <summary>A message was received.</summary>
    public static void Message(MessageOrigin origin, bool redelivered)
    {
        _ = Interlocked.Increment(ref _received);
        Say(now => new ReceivedEvent(null, origin.Run, origin.Sequence, "", 0, redelivered, 0) { Timestamp = now, DueMicroseconds = origin.Due });
    }

    /// <summary>The connection was lost: once for each outage, however many attempts it takes to come back.</summary>
    public static Task LostAsync(string? why)
    {
        if (_lost is null)
        {
            (_lost, _outages) = (Moment.Now(TimeProvider.System), _outages + 1);
            Say(now => new LostConnectionEvent(0, "", "connection-lost", "connection", Code: null, why ?? "") { Timestamp = now });
        }

        return Task.CompletedTask;
    }

    /// <summary>The last line.</summary>
    public static void Summary() =>
        Say(static now => new ConsumerSummaryEvent(_received, _received, 0, 0, 0, 0, 0, _outages, TimeSpan.Zero) { Timestamp = now });

    /// <summary>What the drill gives in the environment.</summary>
    public static string Setting(string name) => Environment.GetEnvironmentVariable($"CLUSTER_TEST_{name}")!;

    private static void Say(Func<DateTimeOffset, ResultEvent> write)
    {
        var now = Moment.Now(TimeProvider.System);
        Console.WriteLine(EventJson.Write(write(now.At) with { MonotonicMicroseconds = now.Microseconds }));
    }
}
