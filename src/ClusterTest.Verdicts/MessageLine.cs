namespace ClusterTest.Verdicts;

/// <summary>What judging needs of the line of a message that was confirmed or received. Texts are numbers in a table of texts.</summary>
internal struct MessageLine
{
    /// <summary>Whether the message was received; if not, it was confirmed.</summary>
    public bool IsReceived;

    /// <summary>The time of the wall's clock, in microseconds from the first day of the calendar.</summary>
    public long Wall;

    public long? Monotonic;

    /// <summary>The writer's name; none if the line does not tell it.</summary>
    public int? Source;

    /// <summary>The run; none in the message of a stranger.</summary>
    public int? Run;

    public long? Sequence;

    /// <summary>The time from the publish to the confirm, in microseconds.</summary>
    public long Latency;

    /// <summary>The time from when the message was due to its publish, in microseconds.</summary>
    public long? Lag;

    /// <summary>When the message was made, in milliseconds from the epoch of Unix.</summary>
    public long Made;

    public long? Due;

    public int Session;

    public bool IsRedelivered;

    public bool IsDamaged;
}
