using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Files;

namespace ClusterTest.Lab.Labs;

/// <summary>Decides which lab a command is about: the one of the engine that was asked for, else the one that is up.</summary>
internal sealed class LabChoice(Engine engine, LabCluster native, LabCluster compose)
{
    /// <summary>The lab to look at, to break, or to heal.</summary>
    /// <exception cref="LabException">There is one in containers, and Docker does not answer.</exception>
    internal async Task<LabCluster> FindAsync(CancellationToken cancellationToken) => engine switch
    {
        Engine.Native => native,
        Engine.Compose => compose,
        _ => await FindUpAsync(cancellationToken) ?? native,
    };

    /// <summary>The lab to start: in containers, if that is possible here.</summary>
    internal async Task<LabCluster> ChooseAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (engine is not Engine.Auto)
        {
            return await FindAsync(cancellationToken);
        }

        if (await FindUpAsync(cancellationToken) is { } up)
        {
            return up;
        }

        if (await DockerCli.FindObstacleAsync(cancellationToken) is not null || !IsOf(compose.Folder, Engine.Compose))
        {
            return native;
        }

        // Somebody else's folder is nothing that packages would mend.
        compose.Folder.RequireOwn();
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
    /// <returns>The labs, and what could not be looked at, a sentence; null if everything could.</returns>
    internal async Task<(IReadOnlyList<LabCluster> Labs, string? Unseen)> FindAllAsync(CancellationToken cancellationToken)
    {
        if (engine is not Engine.Auto)
        {
            return ([engine is Engine.Native ? native : compose], null);
        }

        // What is known to run in containers is asked for, whether Docker answers or not: it must say why not.
        var obstacle = await DockerCli.FindObstacleAsync(cancellationToken);
        var (nativeFolder, composeFolder) = (native.Folder, compose.Folder);
        List<LabCluster> labs = [];
        if (IsOf(nativeFolder, Engine.Native))
        {
            labs.Add(native);
        }

        if (composeFolder.Engine is Engine.Compose || (obstacle is null && IsOf(composeFolder, Engine.Compose)))
        {
            labs.Add(compose);
        }

        // A folder that was removed, or is torn, does not tell that there are no containers.
        var isUnknown = obstacle is not null && DockerCli.IsInstalled && composeFolder is { Marker: null, Engine: null };
        return (labs, isUnknown ? $"Containers were not looked for: {obstacle}" : null);
    }

    private async Task<LabCluster?> FindUpAsync(CancellationToken cancellationToken)
    {
        if (await native.IsUpAsync(cancellationToken))
        {
            return native;
        }

        if (await DockerCli.FindObstacleAsync(cancellationToken) is not { } obstacle)
        {
            return await compose.IsUpAsync(cancellationToken) ? compose : null;
        }

        return compose.HasComeUp ? throw new LabException(compose.Folder.WithLab(obstacle)) : null;
    }

    private static bool IsOf(LabFolder folder, Engine engine) => folder.Engine is null || folder.Engine == engine;
}
