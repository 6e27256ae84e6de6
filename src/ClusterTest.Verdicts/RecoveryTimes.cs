namespace ClusterTest.Verdicts;

/// <summary>
/// How sessions came through a fault. The last sign of life of a lost session is the latest of these before the loss: its last receipt (for a producer,
/// any confirm, since a confirm does not name its session), its last recovery, and the injection of the fault. The injection does not count if the
/// effect of the fault was not checked: it is then the time at which a command started, not the time at which something broke.
/// </summary>
/// <param name="Detect">Longest time from a session's last sign of life to the loss of its connection or channel; null if no session gave such a sign.</param>
/// <param name="Reconnect">Longest time from a loss to an open connection; null if no session came back.</param>
/// <param name="Ready">Longest time from a session's last sign of life (without one, from its loss) until it was ready again; null if one never was.</param>
public sealed record RecoveryTimes(TimeSpan? Detect, TimeSpan? Reconnect, TimeSpan? Ready);
