using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>The link between two sites: a process of the lab on this machine, on every engine, over which a Shovel connects to the other site.</content>
public sealed partial class LabCluster
{
    /// <summary>The link as it is now; null if its process does not run, or the topology has none.</summary>
    internal LinkState? ReadLink() => Topology.HasLink && _processes.Find(LinkRole) is not [] ? LinkFiles.ReadState() : null;

    private LinkFiles LinkFiles => new(_layout.LinkControl, _layout.LinkStateFile);

    /// <summary>Brings the link into a condition; returns when the condition is in force.</summary>
    internal Task SetLinkAsync(LinkSetting setting, CancellationToken cancellationToken) => LinkFiles.WantAsync(setting, _options.Time, cancellationToken);

    /// <summary>Starts the link if it does not run, and makes it whole. Does nothing if the topology has none.</summary>
    internal async Task RepairLinkAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (!Topology.HasLink)
        {
            return;
        }

        using var turn = await TakeTurnAsync(LinkRole, cancellationToken);
        await EndIfMarkedAsync(LinkRole, progress, cancellationToken);
        if (_processes.Find(LinkRole) is [])
        {
            progress?.Report($"  {LinkRole} is down: starting it again");
            LinkFiles.Want(LinkSetting.Whole);
            await StartLinkAsync(cancellationToken);
        }
        else if (LinkFiles.ReadState()?.Setting != LinkSetting.Whole)
        {
            progress?.Report($"  {LinkRole} is not whole: making it whole");
            await SetLinkAsync(LinkSetting.Whole, cancellationToken);
        }
    }

    /// <summary>Undoes the faults of the link.</summary>
    internal async Task HealLinkAsync(CancellationToken cancellationToken)
    {
        using var shared = await ShareLockAsync(cancellationToken);
        await RequireUpAsync(cancellationToken);
        await RepairLinkAsync(progress: null, cancellationToken);
    }

    private async Task StartLinkAsync(CancellationToken cancellationToken)
    {
        var listen = new AmqpAddress(await _engine.FindHostAsync(cancellationToken), _engine.Ports.Link);
        var destination = Topology.Shovels.First(static route => route.IsOverLink).Destination;
        string[] arguments =
        [
            "link",
            "--listen", listen.ToString(),
            "--to", _engine.EntranceOf(destination).ToString(),
            "--control", _layout.LinkControl,
            "--state", _layout.LinkStateFile,
        ];
        await new Launcher(_layout).StartAsync(
            LinkRole, LabPrograms.Find("ClusterTest.Lab", "cluster-test-lab"), arguments, new Dictionary<string, string?>(), cancellationToken);
        var began = _options.Time.GetTimestamp();
        while (LinkFiles.ReadState()?.Setting != LinkSetting.Whole)
        {
            if (_options.Time.GetElapsedTime(began) > _options.StartTimeout)
            {
                throw new LabException($"The link does not start. {LogTail.Of(_layout.LogOf(LinkRole))}");
            }

            await Task.Delay(PollInterval, _options.Time, cancellationToken);
        }
    }

    // Only its conditions are faults of a link: a link without a process is down.
    private NodeState StateOfLink() => ReadLink() switch
    {
        null => NodeState.Down,
        { Setting: var setting } when setting == LinkSetting.Whole => NodeState.Running,
        _ => NodeState.CutOff,
    };
}
