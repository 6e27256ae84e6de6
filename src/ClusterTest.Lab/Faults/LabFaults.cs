using ClusterTest.Lab.Clusters;

namespace ClusterTest.Lab.Faults;

/// <summary>The faults that the lab knows.</summary>
public static class LabFaults
{
    private const string HealStarts = "./lab heal starts it again.";

    /// <summary>Every one of them, in order.</summary>
    internal static readonly IReadOnlyList<FaultRecipe> Recipes =
    [
        FaultRecipe.OfNode(
            NodeFault.StopApp,
            "stop-app",
            "Stop the broker in order (rabbitmqctl stop_app); its clients are told.",
            $"the broker has stopped, its Erlang VM runs on. {HealStarts}"),
        FaultRecipe.OfNode(NodeFault.Kill, "kill", "Kill the node (SIGKILL); its clients see their connections end.", $"killed. {HealStarts}"),
        FaultRecipe.OfNode(
            NodeFault.Freeze,
            "freeze",
            "Freeze the node (SIGSTOP); its clients see nothing at all.",
            "frozen. It accepts connections and says nothing. ./lab heal lets it go on."),
        FaultRecipe.OfNode(
            NodeFault.Drain,
            "drain",
            "Put the node under maintenance (rabbitmq-upgrade drain); its clients are told, its queues are led elsewhere.",
            "under maintenance. It takes no clients and leads no queues. ./lab heal revives it."),
        FaultRecipe.OfNode(
            NodeFault.Restart, "restart", "End the node in order (SIGTERM) and start it again, as for an upgrade; its clients are told.", "restarted."),
        new(
            "close-connections",
            FaultTarget.Node,
            "Close the connections of all clients on the node (rabbitmqctl close_all_connections); they are told, and the node runs on.",
            "all connections were closed.",
            static (cluster, node, cancellationToken) => cluster.CloseConnectionsAsync(node, cancellationToken),
            NothingToHeal),
        new(
            "delete-queue",
            FaultTarget.Queue,
            "Delete a queue with the messages in it (rabbitmqctl delete_queue); its consumers are told.",
            "deleted. Who needs the queue must declare it again.",
            static (cluster, queue, cancellationToken) => cluster.DeleteQueueAsync(queue, cancellationToken),
            NothingToHeal) { TakesMessages = true },
        new(
            "balancer-restart",
            FaultTarget.Balancer,
            "End the load balancer (SIGTERM) and start it again; all clients see their connections end.",
            "restarted.",
            static (cluster, _, cancellationToken) => cluster.RestartBalancerAsync(cancellationToken),
            static (cluster, _, cancellationToken) => cluster.HealBalancerAsync(cancellationToken)),
        new(
            FaultNames.BalancerKill,
            FaultTarget.Balancer,
            "Kill the load balancer (SIGKILL); no client can connect until it is healed.",
            $"killed. No client can connect. {HealStarts}",
            static (cluster, _, cancellationToken) => cluster.KillBalancerAsync(cancellationToken),
            static (cluster, _, cancellationToken) => cluster.HealBalancerAsync(cancellationToken)) { StopsEverybody = true },
        FaultRecipe.OfNode(
            NodeFault.Partition,
            "partition",
            "Cut the node off from the other nodes. Native: its clients stay on it, and the balancer sees it up; compose: it is cut off from the balancer, too.",
            "cut off from the other nodes. ./lab heal starts it again, among the others."),
    ];

    /// <summary>All of them for a cluster, in order.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="queue">The queue that <c>delete-queue</c> deletes, in the virtual host <c>/</c>.</param>
    public static IReadOnlyList<IFault> All(ICluster cluster, string queue) => [.. Recipes.Select(recipe => new LabFault(recipe, cluster, queue))];

    private static Task NothingToHeal(ICluster cluster, string target, CancellationToken cancellationToken) => Task.CompletedTask;
}
