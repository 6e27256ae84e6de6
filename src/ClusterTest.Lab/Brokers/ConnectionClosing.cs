namespace ClusterTest.Lab.Brokers;

/// <summary>Commands with which a broker closes the connections of its clients, one after the other.</summary>
internal static class ConnectionClosing
{
    /// <summary>Runs such a command until no client was just leaving by itself.</summary>
    /// <remarks>
    /// The broker lists its connections first. One that ends before its turn fails the whole command, with the rest undone
    /// (rabbitmq-server#3369). The same command may be given again.
    /// </remarks>
    /// <param name="run">Runs the command once.</param>
    /// <param name="cancellationToken">Ends the repetition.</param>
    /// <returns>The first result that says something else, be it success or failure.</returns>
    internal static async Task<CtlResult> RunAsync(Func<CancellationToken, Task<CtlResult>> run, CancellationToken cancellationToken)
    {
        CtlResult result;
        do
        {
            result = await run(cancellationToken);
        }
        while (MetOneThatHadEnded(result));

        return result;
    }

    // {:noproc, {:gen_server, :call, [#PID<12308.3256.0>, {:shutdown, 'Node was put into maintenance mode'}, :infinity]}}
    private static bool MetOneThatHadEnded(CtlResult result) =>
        result.ExitCode is not 0
        && (result.Error + result.Output) is var said
        && (said.Contains("noproc", StringComparison.Ordinal) || said.Contains(":normal", StringComparison.Ordinal))
        && said.Contains("gen_server", StringComparison.Ordinal)
        && said.Contains("shutdown", StringComparison.Ordinal);
}
