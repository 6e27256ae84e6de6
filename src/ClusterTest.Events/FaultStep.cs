namespace ClusterTest.Events;

/// <summary>The steps of a <see cref="FaultEvent"/>.</summary>
public static class FaultStep
{
    /// <summary>Its injection begins; its command starts.</summary>
    public const string Injecting = "injecting";

    /// <summary>It has taken effect; its command has ended, where nobody checks the effect.</summary>
    public const string Effective = "effective";

    /// <summary>Its healing begins.</summary>
    public const string Healing = "healing";

    /// <summary>It is undone.</summary>
    public const string Healed = "healed";

    /// <summary>It could not be injected or healed.</summary>
    public const string Failed = "failed";
}
