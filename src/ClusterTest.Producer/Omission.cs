namespace ClusterTest.Producer;

/// <summary>Messages that were due, at even intervals, and are not published.</summary>
/// <param name="Count">The number of messages.</param>
/// <param name="FirstLag">The time from when the first message was due until now.</param>
/// <param name="LastLag">The time from when the last message was due until now.</param>
internal sealed record Omission(long Count, TimeSpan FirstLag, TimeSpan LastLag);
