using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Labs;

/// <summary>The commands by which the lab changes the settings of Pacemaker and the files on the shared storage, and back.</summary>
internal static class ManagerRepair
{
    /// <summary>The directory on the shared storage.</summary>
    internal const string Store = "/var/lib/rabbitmq";

    /// <summary>Where a fault keeps a copy of what it has damaged, on the shared storage.</summary>
    internal const string Kept = $"{Store}/kept";

    private const string Owner = "rabbitmq:rabbitmq";
    private const string NodeName = "nodename";

    /// <summary>Undoes whatever any of the commands below has done; changes nothing that is as it should be.</summary>
    internal static readonly string Command = string.Join("; ",
        "set -eu",
        Fencing(isOn: true),
        $"crm_resource --resource {PacemakerReport.Broker} --delete-parameter {NodeName} --force",
        $"if [ -d {Kept} ]; then cp -a {Kept}/. {Store}/mnesia/rabbit@shared/; rm -rf {Kept}; fi",
        $"chown -R {Owner} {Store}",
        "crm_resource --cleanup");

    /// <summary>Whether Pacemaker ends a host that is out of sight before it starts anything in its place.</summary>
    internal static string Fencing(bool isOn) => $"crm_attribute --name stonith-enabled --update {(isOn ? "true" : "false")}";
}
