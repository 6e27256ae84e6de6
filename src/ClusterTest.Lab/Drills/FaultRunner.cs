using System.Collections.Concurrent;
using ClusterTest.Events;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <summary>Takes one fault after the other through its steps, and records each step.</summary>
/// <remarks>
/// An interruption of the drill does not cut a step short: the step ends, or reaches its time limit. Otherwise healing could overtake a fault that is still
/// taking effect.
/// </remarks>
internal sealed class FaultRunner(IDrillTarget target, DrillNames names, TimeSpan timeout, Recorder recorder, TimeProvider time)
{
    // The role is only recorded along with the fault, and is not worth a long wait: on a broken cluster the tools hang.
    private static readonly TimeSpan RoleTimeout = TimeSpan.FromSeconds(10);

    // A fault that keeps the time limit by itself gets this much more time, to say what it saw at the limit.
    private static readonly TimeSpan TimeToExplain = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, IFault> _faults = target.FaultsFor(names.Queue).ToDictionary(static fault => fault.Name);

    private readonly ConcurrentDictionary<int, DateTimeOffset> _injected = [];

    private int _steps;

    /// <summary>How many steps have been recorded.</summary>
    internal int Steps => Volatile.Read(ref _steps);

    /// <summary>As in <see cref="IFault.Target"/>.</summary>
    internal FaultTarget TargetOf(PlannedFault planned) => _faults[planned.Fault].Target;

    /// <summary>As in <see cref="IFault.StopsEverybody"/>.</summary>
    internal bool StopsEverybody(PlannedFault planned) => _faults[planned.Fault].StopsEverybody;

    /// <summary>As in <see cref="IFault.StaysBroken"/>.</summary>
    internal bool StaysBroken(PlannedFault planned) => _faults[planned.Fault].StaysBroken;

    /// <summary>Injects a fault. A cancellation before the fault begins prevents it; a later one does not stop it.</summary>
    /// <returns>Why the fault did not take effect; null if it did.</returns>
    internal async Task<string?> InjectAsync(PlannedFault planned, CancellationToken cancellationToken)
    {
        var role = await FindRoleAsync(planned.Node, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        _injected[planned.Id] = time.GetUtcNow();
        Record(planned, FaultStep.Injecting, role);
        var fault = _faults[planned.Fault];
        var limit = fault.LimitsItself ? timeout + TimeToExplain : timeout;
        var failure = await WithinAsync(limit, "take effect", token => fault.InjectAsync(planned.Node, token));
        Record(planned, failure is null ? FaultStep.Effective : FaultStep.Failed, role, failure);
        return Of(planned, failure);
    }

    /// <summary>Undoes a fault.</summary>
    /// <returns>Why the fault could not be undone; null if it was undone.</returns>
    internal async Task<string?> HealAsync(PlannedFault planned)
    {
        Record(planned, FaultStep.Healing, failover: await FindFailoverAsync(planned));
        var fault = _faults[planned.Fault];
        var failure = await WithinAsync(timeout, "heal", token => fault.HealAsync(planned.Node, token));
        Record(planned, failure is null ? FaultStep.Healed : FaultStep.Failed, detail: failure);
        return Of(planned, failure);
    }

    private async Task<string?> WithinAsync(TimeSpan limit, string what, Func<CancellationToken, Task> act)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        try
        {
            await act(deadline.Token);
            return null;
        }
        catch (LabException failure)
        {
            return failure.Message;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return $"it did not {what} within {Duration.Format(timeout)}.";
        }
    }

    private static string? Of(PlannedFault planned, string? failure) => failure is null ? null : $"{planned.Name}: {failure}";

    private async Task<string?> FindRoleAsync(string? node, CancellationToken cancellationToken)
    {
        if (node is null)
        {
            return null;
        }

        using var deadline = new CancellationTokenSource(RoleTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await target.FindRoleAsync(node, names, either.Token);
        }
        catch (Exception exception) when (exception is LabException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    // Only recorded along with the fault, as the role is.
    private async Task<FailoverTimes?> FindFailoverAsync(PlannedFault planned)
    {
        if (planned.Node is null || !_injected.TryGetValue(planned.Id, out var since))
        {
            return null; // of several faults at the same time, it is the host's that the manager answers
        }

        using var deadline = new CancellationTokenSource(RoleTimeout, time);
        try
        {
            return await target.FindFailoverAsync(since, deadline.Token);
        }
        catch (Exception exception) when (exception is LabException or OperationCanceledException)
        {
            return null;
        }
    }

    private void Record(PlannedFault planned, string step, string? role = null, string? detail = null, FailoverTimes? failover = null)
    {
        _ = Interlocked.Increment(ref _steps);
        var (now, fault) = (Moment.Now(time), _faults[planned.Fault]);
        recorder.Write(EventWriter.Lab, new FaultEvent(planned.Id, planned.Fault, planned.Node, role, step, MachineClock.Id, detail)
        {
            Timestamp = now.At,
            MonotonicMicroseconds = now.Microseconds,
            TakesMessages = fault.TakesMessages,
            OverWhenEffective = fault.IsOverWhenEffective,
            StaysBroken = fault.StaysBroken,
            Checked = fault.ChecksEffect,
            Failover = failover,
        });
    }
}
