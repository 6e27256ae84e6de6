namespace ClusterTest.Producer;

/// <summary>Messages that were due, at even distances, and are not published.</summary>
/// <param name="Count">How many.</param>
/// <param name="FirstLag">From the moment at which the first was due until now.</param>
/// <param name="LastLag">The same for the last.</param>
internal sealed record Omission(long Count, TimeSpan FirstLag, TimeSpan LastLag);
