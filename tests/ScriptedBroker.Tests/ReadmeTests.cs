using System.Runtime.CompilerServices;
using Xunit;

namespace ScriptedAmqp.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_example_of_the_page_is_the_one_that_is_run()
    {
        var example = File.ReadAllText(Path.Combine(Folder(), "Example.cs"));
        var page = File.ReadAllText(Path.Combine(Folder(), "..", "ScriptedBroker", "README.md"));

        Assert.Contains($"```csharp\n{example}```\n", page, StringComparison.Ordinal);
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
