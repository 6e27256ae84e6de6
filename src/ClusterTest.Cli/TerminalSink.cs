using ClusterTest.Events;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace ClusterTest.Cli;

/// <summary>Writes log events to standard error through the terminal, which keeps its progress line below them.</summary>
internal sealed class TerminalSink(Terminal terminal, ITextFormatter formatter, bool showsExceptions) : ILogEventSink
{
    public void Emit(LogEvent logEvent)
    {
        using var text = new StringWriter { NewLine = "\n" };
        formatter.Format(showsExceptions || logEvent.Exception is null ? logEvent : WithoutException(logEvent), text);
        terminal.WriteLog(Printable.Lines(text.ToString()));
    }

    private static LogEvent WithoutException(LogEvent logEvent) => new(
        logEvent.Timestamp,
        logEvent.Level,
        exception: null,
        logEvent.MessageTemplate,
        logEvent.Properties.Select(static property => new LogEventProperty(property.Key, property.Value)));
}
