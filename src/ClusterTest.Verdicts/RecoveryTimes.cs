namespace ClusterTest.Verdicts;

/// <summary>
/// How sessions came through a fault. A lost session's last sign of life is its last receipt (of a producer, which does not say the
/// session, any confirm) or its last recovery before the loss; the injection of the fault, if that was later. Of a fault whose effect was not checked
/// the injection does not count: that is when a command started, not when something broke.
/// </summary>
/// <param name="Detect">Longest time from a session's last sign of life to the loss of its connection or channel; null if none gave such a sign.</param>
/// <param name="Reconnect">Longest time from a loss to an open connection; null if none came back.</param>
/// <param name="Ready">Longest time from a session's last sign of life (without one, from its loss) until it was ready again; null if one never was.</param>
public sealed record RecoveryTimes(TimeSpan? Detect, TimeSpan? Reconnect, TimeSpan? Ready);
