using System.Diagnostics;
using System.Globalization;
using BenchClient.Storming;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>What became of the sessions of all processes when something broke under them.</summary>
/// <param name="ReadySeconds">From the first loss of a session until the last session was open again.</param>
/// <param name="Lost">How often a session was lost.</param>
/// <param name="BytesMoreEach">By how much the processes grew for each session.</param>
/// <param name="BytesInAllEach">The memory of the processes, divided by the sessions, while all were open.</param>
/// <param name="PeakBytes">The most memory that the processes ever used, together.</param>
internal sealed record Storm(double ReadySeconds, int Lost, double BytesMoreEach, double BytesInAllEach, long PeakBytes)
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets how many sessions were on the node that broke.</summary>
    public int OnNode { get; init; }

    /// <summary>Gets the most connections that the balancer was asked for in a second.</summary>
    public int PeakRate { get; init; }

    /// <summary>Breaks something, and waits until all sessions have been open again for a while.</summary>
    /// <param name="processes">The processes, whose sessions are open.</param>
    /// <param name="sessions">How many sessions they have together.</param>
    /// <param name="breakAsync">Breaks it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No session was lost, or not all came back.</exception>
    public static async Task<Storm> MeasureAsync(
        IReadOnlyList<StormProcess> processes, int sessions, Func<Task> breakAsync, CancellationToken cancellationToken)
    {
        var bytes = processes.Sum(static process => process.ShareOfMemory);
        var before = await AskAsync();
        var told = Stopwatch.GetTimestamp();
        await breakAsync();
        using var timer = new PeriodicTimer(Step, TimeProvider.System);
        var now = before;
        long? firstLostAt = null;
        while (now.Lost == before.Lost || now.Open < sessions || Stopwatch.GetElapsedTime(now.ChangedAt) < Calm)
        {
            if (Stopwatch.GetElapsedTime(told) > LongestWait)
            {
                throw new TimeoutException($"{now.Open} of {sessions} sessions are open, {now.Lost - before.Lost} were lost.");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
            now = await AskAsync();
            firstLostAt ??= now.FirstLostAt;
        }

        return new Storm(
            Stopwatch.GetElapsedTime(firstLostAt!.Value, now.ChangedAt).TotalSeconds,
            now.Lost - before.Lost,
            now.BytesEach,
            bytes / (double)sessions,
            now.PeakBytes);

        async Task<StormState> AskAsync()
        {
            var states = await Task.WhenAll(processes.Select(process => process.AskAsync(cancellationToken)));
            return new StormState(
                states.Sum(static state => state.Open),
                states.Sum(static state => state.Lost),
                states.Max(static state => state.ChangedAt),
                states.Min(static state => state.FirstLostAt),
                states.Average(static state => state.BytesEach),
                states.Sum(static state => state.PeakBytes));
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ReadySeconds:0.00} s, {Lost} lost, {OnNode} were on the node, {PeakRate} attempts/s, {BytesInAllEach / 1024:0} KiB each");
}
