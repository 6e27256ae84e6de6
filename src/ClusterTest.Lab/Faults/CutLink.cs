using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Faults;

/// <summary>All connections over the link are reset, and new ones are refused, as by a firewall between two sites.</summary>
public sealed class CutLink() : LinkFault(
    "cut-link",
    help: "Cut the link between two sites: connections over it are reset, and new ones are refused.",
    aftermath: "cut. ./lab heal makes it whole.",
    LinkSetting.Cut);
