using ClusterTest.Cli.Events;
using ClusterTest.Testing;

namespace ClusterTest.IntegrationTests;

/// <summary>What became of every message, from the event lines of both programs.</summary>
internal sealed record Account(IReadOnlySet<string> Confirmed, IReadOnlySet<string> Received, int Duplicates)
{
    public IReadOnlyList<string> Lost => [.. Confirmed.Except(Received)];

    public static Account Of(ProgramUnderTest producer, ProgramUnderTest consumer)
    {
        var received = Programs.EventsOf(consumer).OfType<ReceivedEvent>().Select(message => message.Id!).ToList();
        return new Account(
            Programs.EventsOf(producer).OfType<SentEvent>().Select(message => message.Id).ToHashSet(),
            received.ToHashSet(),
            received.Count - received.Distinct().Count());
    }

    /// <summary>Stops the producer, waits until every confirmed message has been received, and accounts. A lost message is a timeout here, and named.</summary>
    public static async Task<Account> CloseAsync(ProgramUnderTest producer, ProgramUnderTest consumer)
    {
        producer.Send(Signal.Terminate);
        await producer.ExitCodeAsync(Programs.Patience);
        await Programs.EventAsync<ReceivedEvent>(consumer, _ => Of(producer, consumer).Lost.Count == 0);
        consumer.Send(Signal.Terminate);
        await consumer.ExitCodeAsync(Programs.Patience);
        return Of(producer, consumer);
    }
}
