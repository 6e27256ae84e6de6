using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace ClusterTest.Cli;

/// <summary>Configures Serilog: logs go to standard error, as text or as compact JSON.</summary>
public static class Logs
{
    private const string LibraryNamespace = "ClusterTest.Reconnect";
    private const string Notices = $"{LibraryNamespace}.Notices";

    /// <summary>Makes the program's logger.</summary>
    /// <param name="terminal">The terminal to write to.</param>
    /// <param name="format">The format of the lines.</param>
    /// <param name="isVerbose">
    /// Whether the log contains everything that the library logs, each attempt included, and exceptions with their stack traces. Otherwise the log contains
    /// one line for each interruption and one for its end, and the library's notices.
    /// </param>
    /// <returns>The logger.</returns>
    public static Logger Create(Terminal terminal, OutputFormat format, bool isVerbose)
    {
        ITextFormatter formatter = format == OutputFormat.Json
            ? new CompactJsonFormatter()
            : new MessageTemplateTextFormatter("[{Timestamp:HH:mm:ss.fff} {Level:u3}] {Message:l}{NewLine}{Exception}", CultureInfo.InvariantCulture);
        return new LoggerConfiguration()
            .MinimumLevel.Is(isVerbose ? LogEventLevel.Debug : LogEventLevel.Information)
            .MinimumLevel.Override(LibraryNamespace, isVerbose ? LogEventLevel.Debug : LevelAlias.Off)
            .MinimumLevel.Override(Notices, LogEventLevel.Information)
            .Enrich.With(new AdviceEnricher())
            .WriteTo.Sink(new TerminalSink(terminal, formatter, showsExceptions: isVerbose))
            .CreateLogger();
    }
}
