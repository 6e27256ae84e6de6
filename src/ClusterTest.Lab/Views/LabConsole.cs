using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>The console on standard output, which may be a terminal, a pipe or a file.</summary>
internal static class LabConsole
{
    // Wide enough for every table. A pipe or a file has no width of its own.
    private const int WidthWithoutTerminal = 160;

    internal static IAnsiConsole Open()
    {
        var console = AnsiConsole.Console;
        console.Profile.Width = Console.IsOutputRedirected ? WidthWithoutTerminal : console.Profile.Width;
        return console;
    }
}
