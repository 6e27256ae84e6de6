namespace ClusterTest.Lab.Verdicts;

/// <summary>
/// How sessions came through a fault. A lost session's last sign of life is its last receipt (of a producer, which does not say the
/// session, any confirm) or its last recovery before the loss; the injection of the fault, if that was later.
/// </summary>
/// <param name="Detect">Longest time from a session's last sign of life to the loss of its connection or channel.</param>
/// <param name="Reconnect">Longest time from a loss to an open connection; null if none came back.</param>
/// <param name="Ready">Longest time from a session's last sign of life until it was ready again; null if one never was.</param>
public sealed record RecoveryTimes(TimeSpan Detect, TimeSpan? Reconnect, TimeSpan? Ready);
