using System.Reflection;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Tests.Support;

/// <summary>A channel that is closed and never tells.</summary>
public class MuteChannel : DispatchProxy
{
    internal static IChannel Create() => Create<IChannel, MuteChannel>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        "get_IsOpen" => false,
        { } name when name.StartsWith("add_", StringComparison.Ordinal) => null,
        var name => throw new NotSupportedException(name),
    };
}
