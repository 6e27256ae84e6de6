using ClusterTest.Lab.Clusters.Compose;
using ClusterTest.Lab.Clusters.Native;

namespace ClusterTest.Lab.Clusters;

/// <summary>Decides which lab a command is about: the one of the engine that was asked for, else the one that is up.</summary>
internal sealed class LabChoice(Engine engine, NativeCluster native, ComposeCluster compose)
{
    /// <summary>The lab to look at, to break, or to heal.</summary>
    internal async Task<ICluster> FindAsync(CancellationToken cancellationToken) => engine switch
    {
        Engine.Native => native,
        Engine.Compose => compose,
        _ => await FindUpAsync(cancellationToken) ?? native,
    };

    /// <summary>The lab to start: in containers, if that is possible here.</summary>
    internal async Task<ICluster> ChooseAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (engine is not Engine.Auto)
        {
            return await FindAsync(cancellationToken);
        }

        if (await FindUpAsync(cancellationToken) is { } up)
        {
            return up;
        }

        if (await DockerCli.FindObstacleAsync(cancellationToken) is not null)
        {
            return native;
        }

        try
        {
            await compose.PrepareAsync(progress, cancellationToken);
            return compose;
        }
        catch (LabException failure)
        {
            progress.Report($"{failure.Message} Docker answers but cannot be used: taking this machine's packages instead.");
            return native;
        }
    }

    /// <summary>The labs to end: also one that did not come up has left something.</summary>
    internal async Task<IReadOnlyList<ICluster>> FindAllAsync(CancellationToken cancellationToken) =>
        engine is not Engine.Auto ? [await FindAsync(cancellationToken)]
        : await DockerCli.FindObstacleAsync(cancellationToken) is null ? [compose, native]
        : [native];

    private async Task<ICluster?> FindUpAsync(CancellationToken cancellationToken) =>
        await native.IsUpAsync(cancellationToken) ? native
        : await DockerCli.FindObstacleAsync(cancellationToken) is null && await compose.IsUpAsync(cancellationToken) ? compose
        : null;
}
