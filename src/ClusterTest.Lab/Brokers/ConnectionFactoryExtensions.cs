using RabbitMQ.Client;

namespace ClusterTest.Lab.Brokers;

internal static class ConnectionFactoryExtensions
{
    /// <summary>Connects; gives up when cancelled, whatever the client library is at then.</summary>
    /// <remarks>
    /// The client library gets no token: its write of the protocol header registers a callback that throws when the connection ends in the same moment
    /// (dotnet/runtime#112651), and ends the process if a timer cancels. It ends by itself, within the factory's timeouts.
    /// </remarks>
    internal static async Task<IConnection> OpenAsync(this IConnectionFactory factory, CancellationToken cancellationToken)
    {
        var connecting = factory.CreateConnectionAsync(CancellationToken.None);
        try
        {
            return await connecting.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = DiscardAsync(connecting);
            throw;
        }
    }

    private static async Task DiscardAsync(Task<IConnection> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            await (await connecting).DisposeAsync();
        }
    }
}
