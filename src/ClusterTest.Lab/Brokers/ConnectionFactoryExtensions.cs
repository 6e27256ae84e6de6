using RabbitMQ.Client;

namespace ClusterTest.Lab.Brokers;

internal static class ConnectionFactoryExtensions
{
    /// <summary>Connects; gives up at once when the token is cancelled, whatever the client library is doing.</summary>
    /// <remarks>
    /// The client library gets no token. When it writes the protocol header with a token, it registers a callback that throws if the connection ends at the
    /// same moment (dotnet/runtime#112651), and if a timer cancels the token, this ends the process. The client library's own timeouts, which the factory
    /// sets, end an attempt that was given up.
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
