using ClusterTest.Events;
using ClusterTest.Lab.Faults;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

public sealed class FailoverTests(ClusterFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_accounting_sees_a_message_that_was_removed_behind_its_back()
    {
        const int count = 50;
        await using var programs = new Programs(fixture);
        var producer = programs.StartProducer("--count", $"{count}");
        Assert.Equal(0, await producer.ExitCodeAsync(Programs.Patience));

        // A thief that nobody accounts for takes one message off the queue.
        await using var thief = programs.StartThief();
        Assert.Equal(0, await thief.ExitCodeAsync(Programs.Patience));

        var consumer = programs.StartConsumer("--count", $"{count - 1}");
        Assert.Equal(0, await consumer.ExitCodeAsync(Programs.Patience));
        var account = Account.Of(producer, consumer);

        Assert.Equal(count, account.Confirmed);
        Assert.Equal(count - 1, account.Received);
        Assert.Equal(1, account.Lost);
    }

    [Fact]
    public async Task The_first_connect_is_retried_until_the_balancer_has_a_node()
    {
        await using var programs = new Programs(fixture);
        foreach (var node in fixture.Cluster.Nodes)
        {
            await new Freeze().InjectAsync(fixture.Cluster, node.Name, Token);
        }

        var consumer = programs.StartConsumer();
        await consumer.StandardError.WaitForLineAsync(line => line.Contains("Cannot use", StringComparison.Ordinal), timeout: Programs.Patience);
        await fixture.Cluster.HealAsync(cancellationToken: Token);
        await Programs.EventAsync<ReadyEvent>(consumer);

        Assert.Single(consumer.StandardError, line => line.Contains("Cannot use", StringComparison.Ordinal));
    }

    // Field lesson: close and dispose deadlock (rabbitmq-dotnet-client#1751, #1759, #1825, #1968).
    [Fact]
    public async Task Programs_stop_in_time_and_list_what_is_unconfirmed_while_every_broker_is_frozen()
    {
        await using var programs = new Programs(fixture);
        var consumer = programs.StartConsumer();
        var producer = programs.StartProducer("--rate", "200");
        await Programs.FlowsAsync(consumer, producer);
        foreach (var node in fixture.Cluster.Nodes)
        {
            await new Freeze().InjectAsync(fixture.Cluster, node.Name, Token);
        }

        producer.Send(Signal.Terminate);
        consumer.Send(Signal.Terminate);

        // The drain deadline is 5 s, and 5 s more are allowed.
        Assert.Equal(2, await producer.ExitCodeAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, await consumer.ExitCodeAsync(TimeSpan.FromSeconds(10)));
        var unknown = Programs.EventsOf(producer).OfType<UnknownEvent>().ToList();
        Assert.NotEmpty(unknown);
        Assert.All(unknown, message => Assert.Contains(producer.StandardError, line => line.Contains(message.Id, StringComparison.Ordinal)));
    }
}
