using ClusterTest.Events;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <content>The faults of a run, which are done while messages flow.</content>
internal sealed partial class DrillRun
{
    private TimeSpan TimeToRecover => TimeToFlow(_target.LongestSilence < _options.FlowTimeout ? _target.LongestSilence : _options.FlowTimeout);

    private bool IsAtConsumer => _options.AtConsumer || (_options.Nodes is [] && _target.IsBrokenAtConsumer);

    /// <summary>
    /// Does the faults of a drill, one after the other. A fault is healed when messages flow again, or when that takes too long, or after its time. If
    /// messages do not flow after healing, no further fault is done: the state of the cluster is unknown.
    /// </summary>
    internal async Task BreakInTurnAsync(IReadOnlyList<PlannedFault> plan, CancellationToken cancellationToken)
    {
        _progress.Enter("Breaking the cluster, one fault after the other");
        foreach (var turn in plan)
        {
            var isAtConsumer = IsAtConsumer && _faults.TargetOf(turn) is FaultTarget.Node;
            var planned = isAtConsumer ? turn with { Node = await FindConsumerAsync(cancellationToken) } : turn;
            var failure = await _faults.InjectAsync(planned, cancellationToken);
            if (failure is null)
            {
                _progress.Scoreboard.CountFlow();
                await Task.Delay(planned.Hold, _time, cancellationToken);
                _ = !_options.HealsWhenMessagesFlow
                    || _faults.StopsEverybody(planned)
                    || await WaitAsync(score => score.Flows(MessagesOfAFlow), TimeToRecover, cancellationToken);
            }

            await HealAsync(planned);
            if (!await ResumeAsync(planned, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>
    /// Does the faults of a soak or of a plan, each at its time, also while others last. If healing takes longer than planned, the next fault waits. If the
    /// consumer is silent for long, the next fault waits until all faults are healed; if messages do not flow then, no further fault is done.
    /// </summary>
    /// <param name="plan">The faults.</param>
    /// <param name="most">How many nodes may be broken at the same time.</param>
    /// <param name="cancellationToken">Ends the soak early.</param>
    internal async Task BreakAtTimesAsync(IReadOnlyList<PlannedFault> plan, int most, CancellationToken cancellationToken)
    {
        _progress.Enter(_options.PlanName is { } name ? $"Running the plan {name}" : "Breaking the cluster, at random");
        var began = _time.GetTimestamp();
        var faults = new List<Task>();
        using var places = new SoakPlaces(most, _faults.TargetOf);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            foreach (var step in plan)
            {
                await DelayUntilAsync(began, step.At!.Value, over.Token);
                RequirePrograms();
                if (Score.Silence > TimeToRecover)
                {
                    await Task.WhenAll(faults);
                    if (!await ResumeAsync(healed: null, cancellationToken))
                    {
                        return;
                    }
                }

                var planned = step.NodeOf is { } role ? step with { Node = await FindNodeOfAsync(role, over.Token) } : step;
                await places.TakeAsync(planned, over.Token);
#pragma warning disable CA2025 // The finally block waits for the tasks.
                faults.Add(BreakForAWhileAsync(planned, places, over));
#pragma warning restore CA2025
            }

            await Task.WhenAll(faults);
            _ = await ResumeAsync(healed: null, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(faults); // throws the exception of the fault that ended the soak
            throw;
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(faults).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits, while the user breaks the cluster by hand, until the token is cancelled.</summary>
    internal async Task WatchAsync(CancellationToken cancellationToken)
    {
        _progress.Enter("Watching. Break what you like; Ctrl-C gives the verdict");
        try
        {
            _ = await WaitAsync(static _ => false, Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Watching ends in this way.
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

    /// <summary>Undoes a fault. If it cannot be undone, the run ends: further faults would prove nothing, and would break the majority.</summary>
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

    /// <summary>Waits until messages flow again after one fault, or all faults, were healed.</summary>
    /// <returns>Whether messages flow.</returns>
    private async Task<bool> ResumeAsync(PlannedFault? healed, CancellationToken cancellationToken)
    {
        _progress.Scoreboard.CountFlow();
        var limit = TimeToFlow(_options.FlowTimeout);
        var flows = await WaitAsync(score => score.Flows(MessagesOfAFlow), limit, cancellationToken);
        if (!flows)
        {
            var what = healed is null ? "All faults were healed" : _faults.StaysBroken(healed) ? $"{healed.Name} was not undone" : $"{healed.Name} was healed";
            Tell(ProblemKind.NoFlow, $"{what}, and messages did not flow again within {limit.TotalSeconds:0} s.");
        }

        return flows;
    }

    private async Task<string> FindConsumerAsync(CancellationToken cancellationToken) =>
        await _target.FindConsumerAsync(_names, cancellationToken)
        ?? throw new LabException(
            $"The consumer works, but no node lists its connection, so the node to break is unknown. {AfterAnUnknownNode(PlanStep.Consumer)}");

    // After a fault, a Shovel needs a moment to start again, and a consumer to be connected.
    private async Task<string> FindNodeOfAsync(string role, CancellationToken cancellationToken)
    {
        for (var began = _time.GetTimestamp(); ; await Task.Delay(PollInterval, _time, cancellationToken))
        {
            var found = role is PlanStep.Consumer ? _target.FindConsumerAsync(_names, cancellationToken) : _target.FindShovelAsync(_names, cancellationToken);
            if (await found is { } node)
            {
                return node;
            }

            if (_time.GetElapsedTime(began) > _options.FlowTimeout)
            {
                throw new LabException($"The run's {role} is on no node, so the node to break is unknown. {AfterAnUnknownNode(role)}");
            }
        }
    }

    private string AfterAnUnknownNode(string role) => role is PlanStep.Consumer && ClientFor(EventWriter.Consumer) is not null
        ? $"The client has to give its connection the name in {Client.NameVariable}. {Client.Advice}"
        : "Run the drill again.";

    private async Task DelayUntilAsync(long began, TimeSpan at, CancellationToken cancellationToken)
    {
        var wait = at - _time.GetElapsedTime(began);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, cancellationToken);
        }
    }
}
