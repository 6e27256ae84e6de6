namespace ClusterTest.Verdicts;

/// <summary>The moments at which the healing of faults began, in order.</summary>
internal sealed class Healings(IEnumerable<FaultRecord> faults)
{
    // The time of a message that another program made is told in whole milliseconds.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    private readonly DateTime[] _began = [.. faults.Select(static fault => fault.HealingBegan).OfType<DateTime>().Order()];

    /// <summary>How many began before a moment.</summary>
    internal int Before(DateTime moment) => Moments.Count(_began, moment, including: false);

    /// <summary>How many began before a moment or at it.</summary>
    internal int Until(DateTime moment) => Moments.Count(_began, moment, including: true);

    /// <summary>
    /// Tells whether one began between the moment at which a message was due and its confirm, or so short before that rounding may tell otherwise.
    /// </summary>
    internal bool BeganBetween(Interval wait) => Until(wait.To) > Until(Interval.Before(wait.From, Rounding).From);
}
