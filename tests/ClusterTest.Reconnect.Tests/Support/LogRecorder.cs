using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Tests.Support;

/// <summary>Remembers what was logged.</summary>
internal sealed class LogRecorder : ILoggerFactory, ILogger
{
    public Recorder<(LogLevel Level, int Id, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((logLevel, eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}
