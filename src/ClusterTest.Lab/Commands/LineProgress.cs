namespace ClusterTest.Lab.Commands;

/// <summary>Writes each step as a line, at once and in order.</summary>
internal sealed class LineProgress(TextWriter writer) : IProgress<string>
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public void Report(string value)
    {
        lock (_lock)
        {
            writer.WriteLine(value);
        }
    }
}
