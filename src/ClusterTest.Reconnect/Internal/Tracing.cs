using System.Diagnostics;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Carries traces across the queues in this process: between a publish and its write, and between a delivery and its handler. A listener of traces is
/// the user's code: its exceptions must cost no message.
/// </summary>
internal static class Tracing
{
    private static readonly ActivitySource Activities = new(ClusterTraces.SourceName);

    /// <summary>Begins the activity of a message's handling, as a child of the activity that the message's headers name.</summary>
    /// <returns><see langword="null"/> if nobody listens and the headers name no activity.</returns>
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

    /// <summary>Makes the activity of a message's caller current, until the asynchronous method that calls this method returns.</summary>
    /// <param name="caller">The activity that was current at the call of the publish. If it has ended meanwhile, a new activity continues its trace.</param>
    public static void Resume(Activity? caller)
    {
        if (Activity.Current != caller)
        {
            Activity.Current = caller is { IsStopped: true } ? Continue(caller.Context) : caller;
        }
    }

    private static Activity? StartProcessing(Delivery delivery, Topology topology, ActivityContext parent)
    {
        if (!Activities.HasListeners() || Activities.StartActivity($"process {topology.Queue}", ActivityKind.Consumer, parent) is not { } activity)
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
#pragma warning disable CA2000 // The activity has no handle to free, and ends when another becomes current.
        var activity = new Activity("continued").SetParentId(context.TraceId, context.SpanId, context.TraceFlags);
#pragma warning restore CA2000
        activity.TraceStateString = context.TraceState;
        return activity.Start();
    }
}
