using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace ClusterTest.Cli;

/// <summary>Writes log events to standard error through the terminal, so that they do not run into its progress line.</summary>
internal sealed class TerminalSink(Terminal terminal, ITextFormatter formatter) : ILogEventSink
{
    public void Emit(LogEvent logEvent)
    {
        using var text = new StringWriter { NewLine = "\n" };
        formatter.Format(logEvent, text);
        terminal.WriteLog(Printable.Lines(text.ToString()));
    }
}
