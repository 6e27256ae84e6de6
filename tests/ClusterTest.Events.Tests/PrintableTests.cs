using Xunit;

namespace ClusterTest.Events.Tests;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("grüße 🐇", "grüße 🐇")]
    [InlineData("a\nb\r\nc\td", "a b  c d")]
    [InlineData("\u001b[2J\0\u0007\u009b", " [2J   ")]
    [InlineData("a\u2028b\u2029c\u0085d", "a b c d")]
    public void Makes_one_line_that_cannot_steer_the_terminal(string text, string line) => Assert.Equal(line, Printable.Line(text));

    [Fact]
    public void Keeps_lines_and_tabs_where_they_are_wanted() => Assert.Equal("a\n\tb [2J", Printable.Lines("a\n\tb\u001b[2J"));
}
