namespace ScriptedAmqp;

/// <summary>A queue at one moment.</summary>
public sealed record QueueState(
    string Name,
    IReadOnlyList<Message> Ready,
    IReadOnlyList<Message> Unacknowledged,
    IReadOnlyList<Message> Acknowledged,
    IReadOnlyList<Message> Dropped,
    IReadOnlyList<string> ConsumerTags);
