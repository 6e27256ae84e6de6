namespace ClusterTest.Lab.Drills;

/// <summary>Who an event of a drill is from.</summary>
internal static class Source
{
    internal const string Consumer = "consumer";
    internal const string Producer = "producer";
    internal const string Lab = "lab";
}
