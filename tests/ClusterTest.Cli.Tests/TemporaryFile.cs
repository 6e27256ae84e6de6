namespace ClusterTest.Cli.Tests;

/// <summary>A file that is gone at the end of the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.GetTempFileName();

    public static async Task<TemporaryFile> WithAsync(string text)
    {
        var file = new TemporaryFile();
        await File.WriteAllTextAsync(file.Path, text);
        return file;
    }

    public void Dispose() => File.Delete(Path);
}
