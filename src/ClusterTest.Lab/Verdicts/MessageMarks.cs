namespace ClusterTest.Lab.Verdicts;

/// <summary>What is known of one message besides its deliveries. Marks are only ever added, so that the order of events does not matter.</summary>
[Flags]
internal enum MessageMarks : byte
{
    None = 0,
    NotSent = 1,
    Returned = 1 << 1,
    Unknown = 1 << 2,
    Confirmed = 1 << 3,
    Parked = 1 << 4,
    Drained = 1 << 5,
    Discarded = 1 << 6,
}
