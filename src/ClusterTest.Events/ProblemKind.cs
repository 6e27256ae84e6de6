namespace ClusterTest.Events;

/// <summary>The kinds of a <see cref="ProblemEvent"/>.</summary>
public static class ProblemKind
{
    /// <summary>A fault was undone, and messages did not flow again. The drill fails.</summary>
    public const string NoFlow = "no-flow";

    /// <summary>Two brokers ran on the same data. The drill fails.</summary>
    public const string TwoBrokers = "two-brokers";

    /// <summary>A broker with other data than the lab's answered clients. The drill fails.</summary>
    public const string OtherData = "other-data";

    /// <summary>The run itself went wrong, for example because a program died. The run proves nothing.</summary>
    public const string Invalid = "invalid";

    /// <summary>Somebody ended the run early. The run proves nothing about the rest of the plan.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>The run could not begin, because its lab could not be started, or cannot suffer the plan. The run proves nothing.</summary>
    public const string NotRun = "not-run";

    /// <summary>As <see cref="NotRun"/>, but nobody asked for this run by name: the outcome of a comparison is that of its other runs.</summary>
    public const string Skipped = "skipped";
}
