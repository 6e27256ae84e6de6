using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>The terminal, or what standard output is instead.</summary>
internal static class LabConsole
{
    // Wide enough for every table; a pipe has no width of its own.
    private const int WidthWithoutTerminal = 160;

    internal static IAnsiConsole Open()
    {
        var console = AnsiConsole.Console;
        console.Profile.Width = Console.IsOutputRedirected ? WidthWithoutTerminal : console.Profile.Width;
        return console;
    }
}
