namespace ClusterTest.Verdicts;

/// <summary>
/// What is known of one message besides its outcome and its deliveries. Marks are added and never removed, so that the order of events does not matter.
/// </summary>
[Flags]
internal enum MessageMarks : byte
{
    None = 0,

    /// <summary>A consumer received the message.</summary>
    Received = 1,

    /// <summary>A consumer says that it moved the message to the parked queue.</summary>
    Parked = 1 << 1,

    /// <summary>The message was found in the parked queue.</summary>
    FoundParked = 1 << 2,

    /// <summary>The message was found in another queue.</summary>
    Drained = 1 << 3,

    /// <summary>A fault took the message away.</summary>
    Discarded = 1 << 4,
}
