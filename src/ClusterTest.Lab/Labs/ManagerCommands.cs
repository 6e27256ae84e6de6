using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Labs;

/// <summary>The commands by which the lab changes the settings of Pacemaker and the files on the shared storage, and back.</summary>
internal static class ManagerCommands
{
    /// <summary>The directory on the shared storage.</summary>
    internal const string Store = "/var/lib/rabbitmq";

    /// <summary>Where a fault keeps a copy of what it has damaged, on the shared storage.</summary>
    internal const string Kept = $"{Store}/kept";

    /// <summary>The directory of the broker's own data.</summary>
    internal const string Data = $"{Store}/mnesia/rabbit@shared";

    private const string Owner = "rabbitmq:rabbitmq";
    private const int NoSuchParameter = 105;
    private const string NodeName = "nodename";

    /// <summary>Undoes whatever any of the commands below has done; changes nothing that is as it should be.</summary>
    internal static readonly string Undo = string.Join("; ",
        "set -eu",
        Fencing(isOn: true),
        $"crm_resource --resource {PacemakerReport.Broker} --delete-parameter {NodeName} || [ $? = {NoSuchParameter} ]",
        $"if [ -d {Kept} ]; then cp -a {Kept}/. {Data}/; rm -rf {Kept}; fi",
        $"chown -R {Owner} {Store}",
        "crm_resource --cleanup");

    /// <summary>Gives the broker another node name, with which Pacemaker starts it anew.</summary>
    internal static string Naming(string name) =>
        $"crm_resource --resource {PacemakerReport.Broker} --set-parameter {NodeName} --parameter-value {name}";

    /// <summary>Copies files and directories of the broker's data to where <see cref="Undo"/> finds them. Those that are not there are left out.</summary>
    internal static string Keep(string paths) => $"mkdir -p {Kept}; for path in {paths}; do [ ! -e $path ] || cp -a --parents $path {Kept}/; done";

    /// <summary>Overwrites files, and every file in directories, with noise. Those that are not there are left out.</summary>
    internal static string Damage(string paths) =>
        $"for path in {paths}; do [ ! -e $path ] || "
        + "find $path -type f -size +0 -exec sh -c 'for file; do dd if=/dev/urandom of=\"$file\" bs=$(stat -c %s \"$file\") count=1 conv=notrunc 2>/dev/null; done' "
        + "sh {} +; done";

    /// <summary>Whether Pacemaker ends a host that is out of sight before it starts anything in its place.</summary>
    internal static string Fencing(bool isOn) => $"crm_attribute --name stonith-enabled --update {(isOn ? "true" : "false")}";
}
