using System.Runtime.CompilerServices;
using PublicApiGenerator;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public async Task Has_not_changed_unnoticed()
    {
        var token = TestContext.Current.CancellationToken;
        var options = new ApiGeneratorOptions { IncludeAssemblyAttributes = false };
        var received = typeof(ClusterConsumer).Assembly.GeneratePublicApi(options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var directory = SourceDirectory();
        var (approvedPath, receivedPath) = (Path.Combine(directory, "PublicApi.approved.txt"), Path.Combine(directory, "PublicApi.received.txt"));
        var approved = File.Exists(approvedPath) ? await File.ReadAllTextAsync(approvedPath, token) : "";
        if (received == approved)
        {
            File.Delete(receivedPath);
            return;
        }

        await File.WriteAllTextAsync(receivedPath, received, token);
        Assert.Fail($"The public API has changed. If that is meant: mv {receivedPath} {approvedPath}, and tell of it in CHANGELOG.md.");
    }

    private static string SourceDirectory([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
