using ClusterTest.Events;
using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Drills;

/// <summary>Finds out what of a run is on a node, as in <see cref="FaultEvent.Role"/>.</summary>
/// <remarks>
/// On a broken cluster, or a busy machine, each of the questions may take long. What answered in time is told, whatever became of the others. The Shovel is
/// asked for last, so that its question does not slow down the others.
/// </remarks>
/// <param name="leader">Finds the node that leads the run's queue.</param>
/// <param name="clients">Finds the clients' connections.</param>
/// <param name="shovelNode">Finds the node that the run's Shovel is on.</param>
internal sealed class NodeRole(
    Func<CancellationToken, Task<string?>> leader,
    Func<CancellationToken, Task<IReadOnlyList<ClientConnection>>> clients,
    Func<CancellationToken, Task<string?>> shovelNode)
{
    /// <summary>What is on a node.</summary>
    /// <param name="node">The name of the node.</param>
    /// <param name="names">The names of the run.</param>
    /// <param name="cancellationToken">Ends the questions that have no answer yet.</param>
    /// <returns>The words, with commas between them; null if nothing is known to be on the node.</returns>
    internal async Task<string?> FindAsync(string node, DrillNames names, CancellationToken cancellationToken)
    {
        var (leading, connected) = (AnswerAsync(leader, cancellationToken), AnswerAsync(clients, cancellationToken));
        var here = (await connected ?? []).Where(client => client.Node == node).Select(static client => client.Name).ToList();
        string?[] roles =
        [
            await leading == node ? "leader" : null,
            here.Exists(name => name.StartsWith(names.Consumer, StringComparison.Ordinal)) ? "consumer" : null,
            here.Exists(name => name.StartsWith(names.Producer, StringComparison.Ordinal)) ? "producer" : null,
            await AnswerAsync(shovelNode, cancellationToken) == node ? "shovel" : null,
        ];
        return roles.OfType<string>().ToList() is { Count: > 0 } known ? string.Join(",", known) : null;
    }

    private static async Task<T?> AnswerAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(cancellationToken);
        }
        catch (Exception exception) when (exception is LabException or OperationCanceledException)
        {
            return default;
        }
    }
}
