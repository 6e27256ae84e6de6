using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Labs;

/// <summary>What can be wrong with one broker on several hosts, in words. Pure.</summary>
internal static class ManagerProblems
{
    /// <summary>What is wrong, each as a sentence; nothing if all is well.</summary>
    /// <param name="nodes">The hosts, as the lab sees them.</param>
    /// <param name="report">What the cluster manager sees.</param>
    /// <param name="isSwitchUp">Whether the power switch runs.</param>
    internal static IEnumerable<string> In(IReadOnlyList<NodeStatus> nodes, PacemakerReport report, bool isSwitchUp) =>
        OfBrokers(nodes, report).Concat(OfHosts(nodes, report, isSwitchUp));

    private static IEnumerable<string> OfBrokers(IReadOnlyList<NodeStatus> nodes, PacemakerReport report)
    {
        if (nodes.Where(static node => node.State is NodeState.Running).ToList() is { Count: > 1 } active)
        {
            yield return $"Two brokers run on the same data, on {string.Join(" and on ", active.Select(static node => node.Name))}: "
                + "neither sees what the other writes, and what one of them has confirmed is lost. End one at once: ./lab fault kill NODE.";
        }

        if (report.Serves
            && report.HostOf(PacemakerReport.Broker) is { } silent
            && !report.Hosts.Any(host => host.Name == silent && host.IsUnclean)
            && !nodes.Any(static node => node.State is NodeState.Running))
        {
            yield return $"The broker on {silent} does not answer, and Pacemaker has not noticed that yet.";
        }

        foreach (var stranger in nodes.Where(static node => node.ClusterName is { } name && name != node.OwnClusterName))
        {
            yield return $"The broker on {stranger.Name} has other data than this lab's ({stranger.ClusterName} in place of {stranger.OwnClusterName}): it was "
                + "started with another node name, or on another storage, and began empty. The messages are where they were, and nobody gets them.";
        }
    }

    private static IEnumerable<string> OfHosts(IReadOnlyList<NodeStatus> nodes, PacemakerReport report, bool isSwitchUp)
    {
        if (!report.HasQuorum)
        {
            yield return "There is no quorum: no host may start anything, until it has seen the other one since it was started.";
        }

        if (!report.IsFencing)
        {
            yield return "Fencing is off: a host that is only out of sight goes on, while the other starts a second broker on the same data.";
        }

        foreach (var host in report.Hosts.Where(static host => host.IsUnclean))
        {
            var what = host.IsOnline ? "is to be fenced, since something on it cannot be stopped" : "is out of sight";
            var why = report.Fencings.GetValueOrDefault(host.Name) is { } failure ? $"its fencing failed ({failure})" : "it has not been fenced yet";
            var wayOut = nodes.Any(node => node.Name == host.Name && node.State is NodeState.Down)
                ? $" If you know that it is off, say so on the other host: stonith_admin --confirm {host.Name}."
                : "";
            yield return $"{host.Name} {what}, and {why}: nothing of it is started elsewhere before it is known to be off.{wayOut}";
        }

        foreach (var host in report.Hosts.Where(static host => host.IsOnHold))
        {
            yield return $"{host.Name} is in standby, as Pacemaker calls it: somebody has put it there, and nothing is started on it. "
                + $"crm node online {host.Name} ends that.";
        }

        if (!isSwitchUp)
        {
            yield return "The power switch is down: a dead host cannot be fenced, so that nothing is started in its place. ./lab heal starts the switch again.";
        }

        foreach (var host in report.Hosts.Where(static host => host is { IsOnline: false, IsUnclean: false }))
        {
            yield return nodes.Any(node => node.Name == host.Name && node.State is NodeState.Down)
                ? $"{host.Name} is off: if the other host fails now, nothing takes over. ./lab heal starts it again."
                : $"{host.Name} is no member, and may still run a broker. ./lab heal brings it back.";
        }

        foreach (var twice in report.Resources.Where(static resource => resource.OtherHost is not null))
        {
            yield return $"{twice.Name} is on {twice.Host} and on {twice.OtherHost} at the same time: end one host at once, by ./lab fault kill NODE.";
        }

        // While a host is off, its outlet needs nobody who serves it, and neither does the one that only this host may serve.
        foreach (var outlet in report.Resources.Where(outlet => outlet is { IsFencing: true, IsStarted: false }
            && report.Hosts.All(static host => host.IsOnline) && report.Failures.All(failure => failure.Resource != outlet.Name)))
        {
            yield return $"{outlet.Name} has not started: until it has, the host at this outlet of the power switch cannot be fenced.";
        }

        foreach (var failure in report.Failures)
        {
            var since = failure.Task is "monitor" && report.Resources.Any(resource => resource.Name == failure.Resource && resource.IsStarted)
                ? " It was started again since, and runs."
                : "";
            yield return $"The {failure.Task} of {failure.Resource} on {failure.Host} failed: {failure.Reason}.{since}";
        }

        if (report.HostOf(PacemakerReport.Address) is null)
        {
            yield return "The virtual address is on no host: clients find nobody.";
        }

        if (!report.Serves && report.HostOf(PacemakerReport.Address) is not null)
        {
            yield return report.HostOf(PacemakerReport.Broker) is { } host
                ? $"The broker is being started on {host}."
                : "The broker runs on no host.";
        }
    }
}
