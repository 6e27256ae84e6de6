using System.Diagnostics;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Carries traces across what has no context of its own: the queues between a publish and its write, and between a delivery and its handler. What listens
/// is the user's code: its failures must cost no message.
/// </summary>
internal static class Tracing
{
    private static readonly ActivitySource Source = new(ClusterTraces.SourceName);

    /// <summary>Begins the activity of a message's handling, as a child of what the message's headers name.</summary>
    /// <returns><see langword="null"/> if nobody listens and the headers name nothing.</returns>
    public static Activity? BeginProcessing(Delivery delivery, Topology topology)
    {
        try
        {
            var parent = RabbitMQActivitySource.ContextExtractor(delivery.Properties);
            return StartProcessing(delivery, topology, parent) ?? (parent == default ? null : Continue(parent));
        }
#pragma warning disable CA1031 // As said above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>Ends an activity.</summary>
    public static void End(Activity? activity)
    {
        try
        {
            activity?.Stop();
        }
#pragma warning disable CA1031 // As said above.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Makes a message's caller current, until the asynchronous method that calls this returns.</summary>
    /// <param name="caller">What was current when the message was taken in. If it has ended meanwhile, its trace goes on.</param>
    public static void Resume(Activity? caller)
    {
        if (Activity.Current != caller)
        {
            Activity.Current = caller is { IsStopped: true } ? Continue(caller.Context) : caller;
        }
    }

    private static Activity? StartProcessing(Delivery delivery, Topology topology, ActivityContext parent)
    {
        if (Source.StartActivity($"process {topology.Queue}", ActivityKind.Consumer, parent) is not { } activity)
        {
            return null;
        }

        foreach (var (name, value) in ClusterMetrics.ProcessTags(topology))
        {
            activity.SetTag(name, value);
        }

        return activity.SetTag("messaging.operation.type", "process").SetTag("messaging.message.id", delivery.MessageId);
    }

    private static Activity Continue(ActivityContext context)
    {
#pragma warning disable CA2000 // It has no handle to free, and ends with what is current.
        var activity = new Activity("continued").SetParentId(context.TraceId, context.SpanId, context.TraceFlags);
#pragma warning restore CA2000
        activity.TraceStateString = context.TraceState;
        return activity.Start();
    }
}
