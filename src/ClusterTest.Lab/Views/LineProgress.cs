namespace ClusterTest.Lab.Views;

/// <summary>Writes each step as a line, at once and in order, as long as somebody is there to read: a terminal that was closed stops nothing.</summary>
internal sealed class LineProgress(TextWriter writer) : IProgress<string>
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public void Report(string value)
    {
        lock (_lock)
        {
            try
            {
                writer.WriteLine(value);
            }
            catch (IOException)
            {
                // The terminal is gone.
            }
        }
    }
}
