using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Files;

namespace ClusterTest.Lab.Labs;

/// <summary>Chooses the lab that a command works on: the lab of the engine that the user named, else the lab that is up.</summary>
internal sealed class LabChoice(Engine engine, LabCluster native, LabCluster compose)
{
    /// <summary>The lab on one engine.</summary>
    internal LabCluster On(Engine chosen) => chosen is Engine.Compose ? compose : native;

    /// <summary>The lab to look at, to break, or to heal.</summary>
    /// <exception cref="LabException">There is a lab in containers, and Docker does not answer.</exception>
    internal async Task<LabCluster> FindAsync(CancellationToken cancellationToken) => engine switch
    {
        Engine.Native => native,
        Engine.Compose => compose,
        _ => await FindUpAsync(cancellationToken) ?? native,
    };

    /// <summary>The lab to start: in containers if this machine can run them, else on its packages.</summary>
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

        // If the folder is not the lab's, this fails: the machine's packages would not help.
        compose.Folder.RequireOwn();
        try
        {
            await compose.PrepareAsync(progress, cancellationToken);
            return compose;
        }
        catch (LabException failure)
        {
            progress.Report($"{failure.Message} Docker answers but cannot be used; the lab runs on this machine's packages instead.");
            return native;
        }
    }

    /// <summary>The labs to end, including a lab that did not come up: it may have left something.</summary>
    /// <returns>The labs, and a sentence that says what could not be looked at; null if everything could.</returns>
    internal async Task<(IReadOnlyList<LabCluster> Labs, string? Unseen)> FindAllAsync(CancellationToken cancellationToken)
    {
        if (engine is not Engine.Auto)
        {
            return ([engine is Engine.Native ? native : compose], null);
        }

        // A lab that is known to run in containers is listed even if Docker does not answer, so that its DownAsync says why not.
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

        var isUnseen = obstacle is not null && DockerCli.IsInstalled && MayHaveContainers(nativeFolder, composeFolder);
        return (labs, isUnseen ? $"Containers were not looked for: {obstacle}" : null);
    }

    /// <summary>
    /// Whether there may be containers though no folder says so: the folder of a lab may have been removed, or its files are torn. If the lab that is up is
    /// known to be native, it has none.
    /// </summary>
    internal static bool MayHaveContainers(LabFolder nativeFolder, LabFolder composeFolder) =>
        composeFolder is { Marker: null, Engine: null } && nativeFolder.Engine is null;

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
