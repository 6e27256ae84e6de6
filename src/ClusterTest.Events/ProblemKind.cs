namespace ClusterTest.Events;

/// <summary>The kinds of a <see cref="ProblemEvent"/>.</summary>
public static class ProblemKind
{
    /// <summary>A fault was undone, and messages did not flow again: the drill fails.</summary>
    public const string NoFlow = "no-flow";

    /// <summary>The run went wrong by itself, as when a program died: it proves nothing.</summary>
    public const string Invalid = "invalid";

    /// <summary>Somebody ended it early: it proves nothing of what was still to come.</summary>
    public const string Interrupted = "interrupted";
}
