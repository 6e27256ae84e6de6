using ClusterTest.Cli.Events;

namespace ClusterTest.Lab.Verdicts;

/// <summary>Judges recorded evidence. Pure: the same evidence gives the same judgement, in whatever order its files are named.</summary>
public static class Judge
{
    /// <summary>Judges event files: a drill's, or those of any number of producers and consumers.</summary>
    /// <exception cref="Clusters.LabException">A file cannot be read or is no event file.</exception>
    public static Judgement OfFiles(IReadOnlyList<string> files) => throw new NotImplementedException();

    /// <summary>Judges events that can be read twice: once for the faults, and once for all of them.</summary>
    public static Judgement Of(IEnumerable<ResultEvent> evidence) => throw new NotImplementedException();
}
