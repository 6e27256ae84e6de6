namespace ClusterTest.Events;

/// <summary>The programs that write events of a drill (<see cref="ResultEvent.Source"/>), whose events are together in one file.</summary>
public static class EventWriter
{
    /// <summary>The consumer.</summary>
    public const string Consumer = "consumer";

    /// <summary>The producer.</summary>
    public const string Producer = "producer";

    /// <summary>The lab itself.</summary>
    public const string Lab = "lab";

    /// <summary>Tells whether a program is one of the two of this project, by the name in <see cref="StartedEvent"/>.</summary>
    public static bool IsOurs(string program) => program is $"cluster-test-{Consumer}" or $"cluster-test-{Producer}";
}
