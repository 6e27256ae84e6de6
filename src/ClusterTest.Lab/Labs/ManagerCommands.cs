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
    internal const string Data = $"{Store}/mnesia/{Name}";

    private const string Owner = "rabbitmq:rabbitmq";
    private const string Name = "rabbit@shared";
    private const string TargetRole = $"crm_resource --resource {PacemakerReport.Broker} --meta";

    /// <summary>
    /// Undoes whatever any of the commands below has done; changes nothing that is as it should be. Kept files are put back while no broker runs.
    /// </summary>
    internal static readonly string Undo = string.Join(
        "; ",
        "set -eu",
        Fencing(isOn: true),
        Naming(Name),
        $"if [ -d {Kept} ]",
        $"then {TargetRole} --set-parameter target-role --parameter-value Stopped",
        "crm_resource --wait --timeout 60",
        $"cp -a {Kept}/. {Data}/",
        "fi",
        $"{TargetRole} --delete-parameter target-role || true", // an undoing that was interrupted may have left it
        $"rm -rf {Kept} {Kept}.new",
        $"chown -R {Owner} {Store}",
        Forget);

    /// <summary>
    /// Lets Pacemaker forget what has failed, fencings among it, and where somebody has moved the broker by hand. The first waits a minute for the answer of a
    /// host that is just being fenced, and no answer comes. That an old fencing is not forgotten does no harm.
    /// </summary>
    internal const string Forget = $"timeout 10 crm_resource --cleanup && crm_resource --resource {PacemakerReport.Service} --clear "
        + "&& { timeout 10 stonith_admin --cleanup --history '*' || true; }";

    /// <summary>Lets a host send nothing to an address.</summary>
    internal static string Ignoring(string address) => $"ip route replace blackhole {address}";

    /// <summary>Undoes <see cref="Ignoring"/>, for every address.</summary>
    internal const string IgnoringNobody = "ip route flush type blackhole";

    /// <summary>Gives the broker another node name, with which Pacemaker starts it anew.</summary>
    internal static string Naming(string name) =>
        $"crm_resource --resource {PacemakerReport.Broker} --set-parameter nodename --parameter-value {name}";

    /// <summary>
    /// Copies files and directories of the broker's data to from where they can be put back, if nothing is there yet. Those that do not exist are left out.
    /// </summary>
    internal static string Keep(string paths) =>
        $"( [ -d {Kept} ] && exit; rm -rf {Kept}.new && mkdir -p {Kept}.new || exit; "
        + $"for path in {paths}; do [ ! -e $path ] || cp -a --parents $path {Kept}.new/ || exit; done; mv {Kept}.new {Kept} )";

    /// <summary>Overwrites files with noise, but for the first of their blocks. Those that are not there are left out.</summary>
    /// <param name="files">What <c>find</c> takes to find the files.</param>
    /// <param name="spared">How many blocks of 64 bytes stay as they are: a file whose first bytes say what it is may still be read.</param>
    internal static string Damage(string files, int spared = 0) =>
        $"find {files} | while read -r file; do size=$(stat -c %s \"$file\"); "
        + $"dd if=/dev/urandom of=\"$file\" bs=64 seek={spared} count=$((size / 64 - {spared})) conv=notrunc 2>/dev/null || true; done";

    /// <summary>Whether Pacemaker ends a host that is out of sight before it starts anything in its place.</summary>
    internal static string Fencing(bool isOn) => $"crm_attribute --name stonith-enabled --update {(isOn ? "true" : "false")}";
}
