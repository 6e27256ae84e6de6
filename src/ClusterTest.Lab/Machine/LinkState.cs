namespace ClusterTest.Lab.Machine;

/// <summary>What a link says of itself.</summary>
/// <param name="Setting">The condition that is in force.</param>
/// <param name="ProcessId">The process that is the link.</param>
/// <param name="Connections">How many connections are open, those included for which the destination is not reached yet.</param>
/// <param name="Forth">The bytes carried to the destination.</param>
/// <param name="Back">The bytes carried from the destination.</param>
/// <param name="InTransit">The bytes that the link has taken in, and not handed out yet. Those of connections that ended do not count.</param>
internal sealed record LinkState(LinkSetting Setting, int ProcessId, int Connections, long Forth, long Back, long InTransit);
