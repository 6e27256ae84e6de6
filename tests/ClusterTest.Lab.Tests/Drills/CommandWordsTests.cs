using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>If a fault is a command, the lab knows when the command started and ended, but not when the fault took effect.</summary>
public sealed class CommandWordsTests
{
    private readonly List<string> _lines = [];
    private readonly DrillProgress _progress;

    public CommandWordsTests() => _progress = new DrillProgress(new FakeTimeProvider(), _lines.Add);

    [Fact]
    public void A_command_is_told_as_started_and_ended()
    {
        _progress.Observe(Step("injecting", isChecked: false));
        _progress.Observe(Step("effective", isChecked: false));

        Assert.Equal(["pull rabbit1: command started", "pull rabbit1: command ended"], Said);
        Assert.Contains("command ended", Drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_whose_effect_was_checked_is_told_as_effective()
    {
        _progress.Observe(Step("injecting", isChecked: true));
        _progress.Observe(Step("effective", isChecked: true));

        Assert.Equal(["pull rabbit1", "pull rabbit1: effective"], Said);
        Assert.Contains("effective", Drawn, StringComparison.Ordinal);
    }

    private IEnumerable<string> Said => _lines.Select(static line => line[25..].Trim());

    private string Drawn
    {
        get
        {
            using var written = new StringWriter();
            var console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(written),
            });
            console.Profile.Width = 120;
            console.Write(Lab.Views.LiveDisplay.Draw(_progress));
            return written.ToString();
        }
    }

    private static ResultEvent Step(string step, bool isChecked) => EventJson.Read(
        """{"event":"fault","ts":"2026-01-02T03:04:05.678901Z","source":"lab","id":1,"fault":"pull","node":"rabbit1","role":null,"""
        + $$"""
        "step":"{{step}}","clock":"c-1","detail":null,"checked":{{(isChecked ? "true" : "false")}}}
        """);
}
