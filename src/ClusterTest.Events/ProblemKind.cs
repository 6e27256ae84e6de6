namespace ClusterTest.Events;

/// <summary>The kinds of a <see cref="ProblemEvent"/>.</summary>
public static class ProblemKind
{
    /// <summary>A fault was undone, and messages did not flow again. The drill fails.</summary>
    public const string NoFlow = "no-flow";

    /// <summary>The run itself went wrong, for example because a program died. The run proves nothing.</summary>
    public const string Invalid = "invalid";

    /// <summary>Somebody ended the run early. The run proves nothing about the rest of the plan.</summary>
    public const string Interrupted = "interrupted";
}
