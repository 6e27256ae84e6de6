using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Faults;

/// <summary>Everything arrives late over the link, and at a bounded rate.</summary>
public sealed class SlowLink() : LinkFault(
    "slow-link",
    help: "Slow the link between two sites: everything arrives 200 ms later, at most 256 kB a second.",
    aftermath: "slow. ./lab heal makes it whole.",
    LinkSetting.Slow);
