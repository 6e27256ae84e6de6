using Xunit;

namespace ClusterTest.Events.Tests;

public sealed class RealPathTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public RealPathTests()
    {
        _ = Directory.CreateDirectory(Path.Combine(_directory, "far/away/lab"));
        _ = Directory.CreateSymbolicLink(Path.Combine(_directory, "absolute"), Path.Combine(_directory, "far/away"));
        _ = Directory.CreateSymbolicLink(Path.Combine(_directory, "relative"), "absolute/./lab");
        _ = Directory.CreateSymbolicLink(Path.Combine(_directory, "circle"), "circle");
    }

    [Theory]
    [InlineData("far/away/lab", "far/away/lab")]
    [InlineData("far//away/lab/", "far/away/lab")]
    [InlineData("absolute/lab", "far/away/lab")]
    [InlineData("relative", "far/away/lab")]
    [InlineData("relative/new/er", "far/away/lab/new/er")]
    [InlineData("absolute/../here", "far/here")] // as the kernel has it: up from where the link leads
    [InlineData("nothing/../lab", "lab")]
    public void A_path_has_one_name(string written, string real) =>
        Assert.Equal(Path.Combine(_directory, real), RealPath.Of(Path.Combine(_directory, written)));

    [Fact]
    public void Links_in_a_circle_are_told()
    {
        var exception = Assert.Throws<IOException>(() => RealPath.Of(Path.Combine(_directory, "circle")));

        Assert.Contains("circle", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_beginning_it_begins_here() => Assert.Equal(Path.Combine(RealPath.Of(Directory.GetCurrentDirectory()), "lab"), RealPath.Of("lab"));

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
