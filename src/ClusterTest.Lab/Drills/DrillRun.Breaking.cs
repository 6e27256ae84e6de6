using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <content>What happens while messages flow.</content>
internal sealed partial class DrillRun
{
    // Some faults are not survived before they are healed, such as a frozen leader on older brokers: the drill notes the outage and goes on.
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(12);

    private TimeSpan TimeToRecover => TimeToFlow(RecoveryPatience < _options.Patience ? RecoveryPatience : _options.Patience);

    /// <summary>
    /// A drill: one fault after the other. Each is healed when messages flow again, or when that takes too long. If they do not flow when it is
    /// healed, nothing more is broken: nobody knows what state the cluster is in.
    /// </summary>
    internal async Task BreakInTurnAsync(IReadOnlyList<PlannedFault> plan, CancellationToken cancellationToken)
    {
        _progress.Enter("Breaking the cluster, one fault after the other");
        foreach (var turn in plan)
        {
            var planned = _options.AtConsumer ? turn with { Node = await FindConsumerAsync(cancellationToken) } : turn;
            var failure = await _faults.InjectAsync(planned, cancellationToken);
            if (failure is null)
            {
                _progress.Scoreboard.CountFlow();
                await Task.Delay(planned.Hold, _time, cancellationToken);
                _ = _faults.StopsEverybody(planned) || await WaitAsync(score => score.Flows(MessagesOfAFlow), TimeToRecover, cancellationToken);
            }

            await HealAsync(planned);
            if (!await ResumeAsync(planned, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>
    /// A soak: each fault at its time, also while others last. Where healing takes longer than planned, the next fault waits; so it does in a long
    /// silence, until all faults are healed. If messages do not flow then, nothing more is broken.
    /// </summary>
    /// <param name="plan">The faults.</param>
    /// <param name="most">How many nodes may be broken at the same time.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    internal async Task BreakAtTimesAsync(IReadOnlyList<PlannedFault> plan, int most, CancellationToken cancellationToken)
    {
        _progress.Enter("Breaking the cluster, at random");
        var began = _time.GetTimestamp();
        var faults = new List<Task>();
        using var places = new SoakPlaces(most, _faults.TargetOf);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            foreach (var planned in plan)
            {
                await DelayUntilAsync(began, planned.At!.Value, over.Token);
                RequirePrograms();
                if (Score.Silence > TimeToRecover)
                {
                    await Task.WhenAll(faults);
                    if (!await ResumeAsync(healed: null, cancellationToken))
                    {
                        return;
                    }
                }

                await places.TakeAsync(planned, over.Token);
#pragma warning disable CA2025 // The tasks are waited for below, whatever happens.
                faults.Add(BreakForAWhileAsync(planned, places, over));
#pragma warning restore CA2025
            }

            await Task.WhenAll(faults);
            _ = await ResumeAsync(healed: null, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(faults); // tells what ended it
            throw;
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(faults).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Somebody else does the breaking, until the token is cancelled.</summary>
    internal async Task WatchAsync(CancellationToken cancellationToken)
    {
        _progress.Enter("Watching. Break what you like; Ctrl-C gives the verdict");
        try
        {
            _ = await WaitAsync(static _ => false, Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private async Task BreakForAWhileAsync(PlannedFault planned, SoakPlaces places, CancellationTokenSource over)
    {
        try
        {
            var failure = await _faults.InjectAsync(planned, over.Token);
            if (failure is null)
            {
                await Task.Delay(planned.Hold, _time, over.Token);
            }

            await places.HealAsync(planned, () => HealAsync(planned), over.Token);
            places.Leave(planned);
        }
        catch
        {
            await over.CancelAsync();
            throw;
        }
    }

    /// <summary>Undoes a fault. What cannot be undone ends the run: breaking more on top of it would prove nothing, and lose the majority.</summary>
    private async Task HealAsync(PlannedFault planned)
    {
        if (_faults.StaysBroken(planned))
        {
            _progress.Enter($"{planned.Name} is not undone: there is no --heal");
        }
        else if (await _faults.HealAsync(planned) is { } unhealed)
        {
            throw new LabException(unhealed);
        }
    }

    /// <summary>Waits until messages flow again after what was healed: a fault, or all of them.</summary>
    /// <returns>Whether they do.</returns>
    private async Task<bool> ResumeAsync(PlannedFault? healed, CancellationToken cancellationToken)
    {
        _progress.Scoreboard.CountFlow();
        var flows = await WaitAsync(score => score.Flows(MessagesOfAFlow), TimeToFlow(_options.Patience), cancellationToken);
        if (!flows)
        {
            var what = healed is null ? "All faults were healed" : _faults.StaysBroken(healed) ? $"{healed.Name} was not undone" : $"{healed.Name} was healed";
            Tell(ProblemKind.NoFlow, $"{what}, and messages did not flow again within {TimeToFlow(_options.Patience).TotalSeconds:0} s.");
        }

        return flows;
    }

    private async Task<string> FindConsumerAsync(CancellationToken cancellationToken) =>
        await _target.FindConsumerAsync(_names, cancellationToken) ?? throw new LabException("The consumer works, but no node knows its connection.");

    private async Task DelayUntilAsync(long began, TimeSpan at, CancellationToken cancellationToken)
    {
        var wait = at - _time.GetElapsedTime(began);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, cancellationToken);
        }
    }
}
