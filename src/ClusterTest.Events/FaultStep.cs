namespace ClusterTest.Events;

/// <summary>The steps of a <see cref="FaultEvent"/>.</summary>
public static class FaultStep
{
    /// <summary>The injection begins. For a fault that is a command, the command starts.</summary>
    public const string Injecting = "injecting";

    /// <summary>The fault has taken effect. For a fault that is a command, the command has ended, and nobody checks its effect.</summary>
    public const string Effective = "effective";

    /// <summary>The healing begins.</summary>
    public const string Healing = "healing";

    /// <summary>The fault is undone.</summary>
    public const string Healed = "healed";

    /// <summary>The fault could not be injected or healed.</summary>
    public const string Failed = "failed";
}
