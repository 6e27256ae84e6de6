namespace ClusterTest.Events;

/// <summary>Who wrote an event of a drill, where the events of all are in one file.</summary>
public static class EventWriter
{
    /// <summary>The consumer.</summary>
    public const string Consumer = "consumer";

    /// <summary>The producer.</summary>
    public const string Producer = "producer";

    /// <summary>The lab itself.</summary>
    public const string Lab = "lab";
}
