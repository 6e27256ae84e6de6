namespace ClusterTest.Lab.Brokers;

/// <summary>Runs commands with which a node closes the connections of its clients, one after the other.</summary>
internal static class ConnectionClosing
{
    /// <summary>Runs a command, and repeats it if it failed because a connection ended by itself at the same time.</summary>
    /// <remarks>
    /// The node lists its connections first. If a connection ends before its turn, the whole command fails, and the remaining connections stay open
    /// (rabbitmq-server#3369). The command may be repeated.
    /// </remarks>
    /// <param name="run">Runs the command once.</param>
    /// <param name="cancellationToken">Ends the repetition.</param>
    /// <returns>The first result without that failure: a success, or another failure.</returns>
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
