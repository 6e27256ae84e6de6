namespace ClusterTest.Cli;

/// <summary>How results, or logs, are written.</summary>
public enum OutputFormat
{
    /// <summary>Lines for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}
