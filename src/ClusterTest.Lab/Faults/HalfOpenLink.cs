using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Faults;

/// <summary>Connections over the link stay open and carry nothing, as behind a router that drops all packets.</summary>
public sealed class HalfOpenLink() : LinkFault(
    "half-open-link",
    help: "Half-open the link between two sites: connections over it stay open and carry nothing, and nobody is told.",
    aftermath: "half-open. ./lab heal makes it whole.",
    LinkSetting.HalfOpen);
