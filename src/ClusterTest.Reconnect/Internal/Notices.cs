using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal;

/// <summary>The log of what a person should be told though every session goes on. It has a category of its own, so that it can be shown without the rest.</summary>
internal static class Notices
{
    /// <summary>Its category.</summary>
    private const string Category = "ClusterTest.Reconnect.Notices";

    public static ILogger Of(ClusterOptions options) => new GuardedLogger(options.LoggerFactory.CreateLogger(Category));
}
