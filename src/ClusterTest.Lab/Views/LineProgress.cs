namespace ClusterTest.Lab.Views;

/// <summary>Writes each step as a line, at once and in order. If the terminal was closed, it writes nothing, and the command goes on.</summary>
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
