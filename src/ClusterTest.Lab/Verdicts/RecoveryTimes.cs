namespace ClusterTest.Lab.Verdicts;

/// <summary>How sessions came through a fault.</summary>
/// <param name="Detect">From the injection to the first loss of a connection or channel.</param>
/// <param name="Reconnect">Longest time from a loss to an open connection; null if none came back.</param>
/// <param name="Ready">From the injection until the last of the lost sessions was ready again; null if one never was.</param>
public sealed record RecoveryTimes(TimeSpan Detect, TimeSpan? Reconnect, TimeSpan? Ready);
