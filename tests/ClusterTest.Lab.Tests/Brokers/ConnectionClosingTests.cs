using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class ConnectionClosingTests
{
    private static readonly CtlResult Done = new(0, "", "");

    // The output of RabbitMQ 3.10.8, word for word.
    private static readonly CtlResult OneHadEnded = new(69, "Will put node rabbit3@localhost into maintenance mode.\n", """
        Error:
        {:noproc, {:gen_server, :call, [#PID<12308.3256.0>, {:shutdown, 'Node was put into maintenance mode'}, :infinity]}}
        """);

    private static readonly CtlResult OneWasEnding = new(69, "", """
        Error:
        {:normal, {:gen_server, :call, [#PID<12308.3256.0>, {:shutdown, 'drill'}, :infinity]}}
        """);

    [Fact]
    public async Task A_client_that_leaves_meanwhile_fails_nothing()
    {
        var answers = new Queue<CtlResult>([OneHadEnded, OneWasEnding, OneHadEnded, Done]);

        Assert.Equal(Done, await RunAsync(answers));

        Assert.Empty(answers);
    }

    [Theory]
    [InlineData("Error:\n{:noproc, {:gen_server, :call, [:rabbit_db, :status, 5000]}}")]
    [InlineData("Error: this command requires the target node to be running. Target node: rabbit3@localhost")]
    public async Task Another_failure_is_told_at_once(string error)
    {
        var failure = new CtlResult(69, "", error);

        Assert.Equal(failure, await RunAsync(new Queue<CtlResult>([failure, Done])));
    }

    [Fact]
    public async Task What_a_success_says_is_not_read()
    {
        var success = OneHadEnded with { ExitCode = 0 };

        Assert.Equal(success, await RunAsync(new Queue<CtlResult>([success, Done])));
    }

    [Fact]
    public async Task Clients_that_leave_for_ever_are_given_up()
    {
        using var end = new CancellationTokenSource();
        var runs = 0;

        _ = await Assert.ThrowsAsync<OperationCanceledException>(() => ConnectionClosing.RunAsync(
            async token =>
            {
                token.ThrowIfCancellationRequested();
                if (++runs == 3)
                {
                    await end.CancelAsync();
                }

                return OneHadEnded;
            },
            end.Token));

        Assert.Equal(3, runs);
    }

    private static Task<CtlResult> RunAsync(Queue<CtlResult> answers) =>
        ConnectionClosing.RunAsync(_ => Task.FromResult(answers.Dequeue()), TestContext.Current.CancellationToken);
}
