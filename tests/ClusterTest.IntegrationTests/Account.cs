using ClusterTest.Events;
using ClusterTest.Testing;
using ClusterTest.Verdicts;

namespace ClusterTest.IntegrationTests;

/// <summary>Accounts for a run of both programs, the way the lab does.</summary>
internal static class Account
{
    public static Verdict Of(ProgramUnderTest producer, ProgramUnderTest consumer)
    {
        // Both still write: the evidence must not change between its readings.
        List<ResultEvent> evidence = [.. From("producer", producer), .. From("consumer", consumer)];
        return Judge.Of(evidence).Verdict;
    }

    /// <summary>Stops the producer, waits until every confirmed message has been received, and accounts. A lost message is a timeout here.</summary>
    public static async Task<Verdict> CloseAsync(ProgramUnderTest producer, ProgramUnderTest consumer)
    {
        producer.Send(Signal.Terminate);
        await producer.ExitCodeAsync(Programs.Patience);
        await Programs.EventAsync<ReceivedEvent>(consumer, _ => Of(producer, consumer).Lost == 0);
        consumer.Send(Signal.Terminate);
        await consumer.ExitCodeAsync(Programs.Patience);
        return Of(producer, consumer);
    }

    private static IEnumerable<ResultEvent> From(string source, ProgramUnderTest program) =>
        Programs.EventsOf(program).Select(written => written with { Source = source });
}
