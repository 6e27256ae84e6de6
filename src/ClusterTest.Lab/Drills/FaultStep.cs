namespace ClusterTest.Lab.Drills;

/// <summary>The steps of <see cref="ClusterTest.Cli.Events.FaultEvent"/>.</summary>
internal static class FaultStep
{
    internal const string Injecting = "injecting";
    internal const string Effective = "effective";
    internal const string Healing = "healing";
    internal const string Healed = "healed";
    internal const string Failed = "failed";
}
