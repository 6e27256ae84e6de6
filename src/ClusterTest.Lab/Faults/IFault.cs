namespace ClusterTest.Lab.Faults;

/// <summary>Something that can be done to a cluster, and undone: by the lab to its own, by commands to any other.</summary>
public interface IFault
{
    /// <summary>What it is called where faults are chosen and reported: <c>kill</c>, <c>drain</c> …</summary>
    public string Name { get; }

    /// <summary>What it is done to. Every node takes its turn; what is done to something else is done once a round, and the node is null.</summary>
    public FaultTarget Target { get; }

    /// <summary>Nobody comes through until it is healed, so there is no recovery to wait for before that.</summary>
    public bool StopsEverybody { get; }

    /// <summary>Whether <see cref="InjectAsync"/> makes sure of the effect; otherwise it returns when a command has ended, and what that did nobody knows.</summary>
    public bool ChecksEffect { get; }

    /// <summary>Confirmed messages go with what it breaks, as with a queue that is deleted.</summary>
    public bool TakesMessages { get; }

    /// <summary>Nothing undoes it, as far as anybody has said: it lasts beyond the drill.</summary>
    public bool StaysBroken { get; }

    /// <summary>It is given the time limit to take effect by other means, and says itself what it expected and what it saw when that is over.</summary>
    public bool LimitsItself { get; }

    /// <summary>Does it; returns when it has taken effect.</summary>
    /// <exception cref="LabException">It has not taken effect: what was expected, and what was seen.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. How far it got is unknown; <see cref="HealAsync"/> mends that, too.</exception>
    public Task InjectAsync(string? node, CancellationToken cancellationToken);

    /// <summary>Undoes it, leaving faults on other nodes alone; returns when clients can use again what was broken. Does nothing to what is whole.</summary>
    /// <exception cref="LabException">It could not be undone.</exception>
    public Task HealAsync(string? node, CancellationToken cancellationToken);
}
