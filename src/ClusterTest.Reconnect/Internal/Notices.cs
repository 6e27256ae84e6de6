using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// The log for facts that a person should know although every session goes on. It has a separate category, so that an application can show the
/// notices without the rest.
/// </summary>
internal static class Notices
{
    private const string Category = "ClusterTest.Reconnect.Notices";

    public static ILogger Of(ClusterOptions options) => new GuardedLogger(options.LoggerFactory.CreateLogger(Category));
}
