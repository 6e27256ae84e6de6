namespace ClusterTest.Lab.Faults;

/// <summary>Something that can be done to a cluster, and undone: by the lab to its own cluster, by the user's commands to another cluster.</summary>
public interface IFault
{
    /// <summary>The fault's name in commands, plans and reports: <c>kill</c>, <c>drain</c> …</summary>
    public string Name { get; }

    /// <summary>
    /// What the fault is done to. In each round, a fault of a node is done to every node in turn; any other fault is done once, and its node is null.
    /// </summary>
    public FaultTarget Target { get; }

    /// <summary>Whether no client is served until the fault is healed, so that there is no recovery to wait for before that.</summary>
    public bool StopsEverybody { get; }

    /// <summary>
    /// Whether <see cref="InjectAsync"/> checks that the fault has taken effect. If not, it returns when a command has ended, and the effect is unknown.
    /// </summary>
    public bool ChecksEffect { get; }

    /// <summary>Whether the fault destroys confirmed messages, as the deletion of a queue does.</summary>
    public bool TakesMessages { get; }

    /// <summary>
    /// Whether the fault is over when it has taken effect: what it was done to is whole then, as after a restart. If the effect is unknown, so is this: false.
    /// </summary>
    public bool IsOverWhenEffective { get; }

    /// <summary>Whether the fault lasts beyond the drill, because the user named nothing that undoes it.</summary>
    public bool StaysBroken { get; }

    /// <summary>
    /// Whether <see cref="InjectAsync"/> keeps the time limit by itself. Its exception then says what was expected and what was seen, and the caller sets
    /// no limit.
    /// </summary>
    public bool LimitsItself { get; }

    /// <summary>Does the fault; returns when it has taken effect.</summary>
    /// <exception cref="LabException">The fault has not taken effect. The message says what was expected, and what was seen.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token was cancelled. How far the fault got is unknown; <see cref="HealAsync"/> undoes a half-done fault, too.
    /// </exception>
    public Task InjectAsync(string? node, CancellationToken cancellationToken);

    /// <summary>
    /// Undoes the fault, and leaves faults on other nodes alone. Returns when clients can use the target again. Does nothing to a target that is whole.
    /// </summary>
    /// <exception cref="LabException">The fault could not be undone.</exception>
    public Task HealAsync(string? node, CancellationToken cancellationToken);
}
