using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// The user's logger, whose exceptions are caught here: a line that cannot be written must cost no message, no recovery and no process.
/// </summary>
internal sealed class GuardedLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => Guarded(() => logger.BeginScope(state));

    public bool IsEnabled(LogLevel logLevel) => Guarded(() => logger.IsEnabled(logLevel));

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Guarded(() =>
    {
        logger.Log(logLevel, eventId, state, exception, formatter);
        return true;
    });

    private static T? Guarded<T>(Func<T> call)
    {
        try
        {
            return call();
        }
#pragma warning disable CA1031 // The logger is the user's code, and there is nobody to tell.
        catch (Exception)
#pragma warning restore CA1031
        {
            return default;
        }
    }
}
