using ClusterTest.Events;
using CsCheck;

namespace ClusterTest.Verdicts.Tests;

/// <summary>A made-up run of two producers and two consumers, with faults; times are whole milliseconds.</summary>
internal sealed record History(
    IReadOnlyList<HistoryMessage> Messages,
    IReadOnlyList<HistoryFault> Faults,
    IReadOnlyList<HistoryLoss> Losses,
    int Strays,
    IReadOnlyList<HistoryOmission> Omissions,
    HistoryClock? Clock)
{
    internal const int Producers = 2;
    internal const int Consumers = 2;

    private static readonly Gen<HistoryMessage> Message = Gen.Select(
        Gen.Int[0, 4],
        Gen.Int[0, 5_000],
        Gen.Frequency((3, Gen.Int[0, 900]), (1, Gen.Int[0, 4_000])),
        Gen.Select(
            Gen.Int[0, Consumers - 1],
            Gen.Frequency((3, Gen.Int[0, 900]), (1, Gen.Int[0, 5_000])),
            Gen.Bool,
            static (consumer, delay, redelivered) => new HistoryDelivery(consumer, delay, redelivered)).List[0, 3],
        Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))),
        Gen.Bool,
        Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[0, 900])),
        static (outcome, published, latency, deliveries, parked, drained, lag) =>
            new HistoryMessage(0, 0, (HistoryOutcome)outcome, published, latency, deliveries, parked, drained) { Lag = lag });

    private static readonly Gen<HistoryFault> Fault = Gen.Select(
        Gen.Int[0, 5_000],
        Gen.Int[0, 1_000],
        Gen.Int[0, 2_000],
        Gen.Bool,
        Gen.Bool,
        Gen.Int[0, 2],
        Gen.Int[-500, 1_000],
        Gen.Frequency((2, Gen.Const(false)), (1, Gen.Const(true))),
        static (injected, effective, healed, deletes, heals, check, healing, over) => new HistoryFault(
            injected, injected + effective, heals ? injected + effective + healed : null, deletes, check is 0 ? null : check is 1)
        {
            Healing = healing < 0 ? null : injected + effective + Math.Min(healing, healed),
            OverWhenEffective = over,
        });

    private static readonly Gen<HistoryOmission> Omission = Gen.Select(
        Gen.Int[0, Producers - 1],
        Gen.Int[0, 6_000],
        Gen.Int[1, 2_000],
        Gen.Int[1_000, 5_000],
        Gen.Int[0, 999],
        static (run, at, count, first, last) => new HistoryOmission(run, at, count, first, last));

    // Older evidence has no monotonic times; the clocks of the rest are set now and then, far or hardly, forward or back.
    private static readonly Gen<HistoryClock?> Clocks = Gen.Select(
        Gen.Int[0, 3], Gen.Int[1, 6_000], Gen.Int[-4_000, 4_000], static (kind, at, by) => kind switch
    {
        0 => null,
        1 => new HistoryClock(at, by * 1_000),
        _ => new HistoryClock(at, by),
    });

    private static readonly Gen<HistoryLoss> Loss = Gen.Select(
        Gen.Int[0, Producers + Consumers - 1],
        Gen.Int[0, 6_000],
        Gen.Int[0, 500],
        Gen.Int[0, 300],
        Gen.Bool,
        static (program, at, outage, reconnect, recovers) => new HistoryLoss(0, program, at, recovers ? at + outage : null, reconnect));

    internal static Gen<History> Any { get; } = Gen.Select(
        Message.List[0, 14],
        Fault.List[0, 3],
        Loss.List[0, 5],
        Gen.Int[0, 2],
        Omission.List[0, 2],
        Clocks,
        static (messages, faults, losses, strays, omissions, clock) => new History(
            [.. messages.Select(static (message, index) => message with { Run = index % Producers, Sequence = index + 1 })],
            faults,
            [.. losses.Select(static (loss, index) => loss with { Session = index })],
            strays,
            omissions,
            clock));

    /// <summary>Gets what each program and the lab wrote, in the order in which each did.</summary>
    internal IReadOnlyList<IReadOnlyList<ResultEvent>> Sources =>
        [.. TrueSources.Select(source => source.Select(written => HistoryClock.Stamp(Clock, written)).ToList())];

    // By a clock of the wall that nobody ever set.
    private IReadOnlyList<IReadOnlyList<ResultEvent>> TrueSources =>
    [
        .. Enumerable.Range(0, Producers).Select(Producer),
        .. Enumerable.Range(0, Consumers).Select(Consumer),
        [
            .. Evidence.Complete(
            [
                Evidence.DrillStarted(),
                .. Messages.Where(static message => message.Drained).Select(static message => message.ToDrained()),
                .. Faults.SelectMany(Steps),
            ]),
        ],
    ];

    internal IReadOnlyList<ResultEvent> Events => [.. Sources.SelectMany(static source => source)];

    /// <summary>Its event lines, for a failure's message.</summary>
    public override string ToString() => string.Join('\n', Events.Select(EventDirectory.Line));

    private IReadOnlyList<ResultEvent> Producer(int producer)
    {
        var name = $"producer-{producer}";
        List<HistoryMessage> messages = [.. Messages.Where(message => message.Run == producer)];
        List<HistoryOmission> omissions = [.. Omissions.Where(omission => omission.Run == producer)];
        return
        [
            Evidence.Started(name, program: "producer"),
            .. messages.Where(static message => message.Outcome is not HistoryOutcome.None).Select(static message => message.ToEvent()),
            .. omissions.Select(omission =>
                Evidence.Omitted(omission.At, omission.Count, omission.FirstLag, omission.LastLag, $"run-{producer}", name)),
            .. LossesOf(producer, name),
            Evidence.ProducerSummary(name, [.. messages.Select(static message => message.Outcome)], $"run-{producer}") with
            {
                Omitted = omissions.Sum(static omission => omission.Count),
            },
        ];
    }

    private IReadOnlyList<ResultEvent> Consumer(int consumer)
    {
        var name = $"consumer-{consumer}";
        return
        [
            .. Evidence.Complete(
        [
            Evidence.Started(name, program: "consumer"),
            .. Enumerable.Range(0, consumer is 0 ? Strays : 0).Select(stray => Evidence.Parked(null, 0, run: null) with { Source = name }),
            .. Messages
                .SelectMany(static message => message.Deliveries.Select(delivery => (Message: message, Delivery: delivery)))
                .Where(receipt => receipt.Delivery.Consumer == consumer)
                .OrderBy(static receipt => receipt.Message.Published + receipt.Delivery.Delay)
                .Select(static receipt => receipt.Message.ToEvent(receipt.Delivery)),
            .. LossesOf(Producers + consumer, name),
        ]),
        ];
    }

    private IEnumerable<ResultEvent> LossesOf(int program, string source) => Losses.SelectMany(loss => loss.Program != program ? [] : loss.Ready is { } ready
        ? (ResultEvent[])[Evidence.Lost(loss.At, source, loss.Session), Evidence.Recovered(ready, loss.Reconnect, source, loss.Session)]
        : [Evidence.Lost(loss.At, source, loss.Session)]);

    private static IEnumerable<ResultEvent> Steps(HistoryFault fault, int index) =>
        from step in new (string Name, int? At)[]
        {
            ("injecting", fault.Injected), ("effective", fault.Effective), ("healing", fault.Healing), ("healed", fault.Healed),
        }
        where step.At is not null
        select Evidence.Fault(index + 1, step.Name, step.At!.Value, takes: fault.Takes, isChecked: fault.Checked) with
        {
            OverWhenEffective = fault.OverWhenEffective,
        };
}
