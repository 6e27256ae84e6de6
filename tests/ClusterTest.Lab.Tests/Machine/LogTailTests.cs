using ClusterTest.Lab.Machine;
using Xunit;

namespace ClusterTest.Lab.Tests.Machine;

public sealed class LogTailTests
{
    [Fact]
    public void The_last_lines_are_shown_without_blanks_and_colours() =>
        Assert.Equal(["one", "two"], LogTail.Select(["one", "", "\e[38;5;160mtwo\e[0m", "   "]));

    [Fact]
    public void A_long_log_is_shown_from_its_end() =>
        Assert.Equal(Enumerable.Range(86, 15).Select(Line), LogTail.Select(Enumerable.Range(1, 100).Select(Line)));

    [Fact]
    public void A_failed_start_is_shown_up_to_its_reason_not_to_the_end_of_its_crash_reports() =>
        Assert.Equal(
            ["there is no setting with that name", "BOOT FAILED", "===========", "Error during startup"],
            LogTail.Select(
            [
                "there is no setting with that name", "BOOT FAILED", "===========", "Error during startup",
                .. Enumerable.Range(1, 100).Select(Line),
            ]));

    private static string Line(int number) => $"line {number}";
}
