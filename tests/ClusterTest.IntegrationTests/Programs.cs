using System.Globalization;
using System.Runtime.CompilerServices;
using ClusterTest.Events;
using ClusterTest.Testing;

namespace ClusterTest.IntegrationTests;

/// <summary>The two programs on one queue of their own, and what their event lines say.</summary>
internal sealed class Programs(ClusterFixture fixture, params string[] options) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static readonly ConditionalWeakTable<ProgramUnderTest, Programs> Owners = [];

    private readonly List<ProgramUnderTest> _started = [];

    public string Queue { get; } = $"cluster_test_{Guid.NewGuid():N}";

    public string ConsumerName => $"{Queue}-consumer";

    public string ProducerName => $"{Queue}-producer";

    public ProgramUnderTest StartConsumer(params string[] more) => Start("cluster-test-consumer", [.. more, "--client-name", ConsumerName]);

    public ProgramUnderTest StartProducer(params string[] more) => Start("cluster-test-producer", [.. more, "--client-name", ProducerName]);

    /// <summary>Takes one message off the queue, without telling anyone.</summary>
    public ProgramUnderTest StartThief() => ProgramUnderTest.Start(
        "/usr/bin/amqp-get", ["--url", string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@{fixture.Host}:{fixture.Port}/%2F"), "-q", Queue]);

    public static IReadOnlyList<ResultEvent> EventsOf(ProgramUnderTest program) =>
        [.. program.StandardOutput.Select(Parse)];

    /// <summary>Waits until the program has written so many such events, from a line on, and returns the last of them.</summary>
    public static async Task<TEvent> EventAsync<TEvent>(ProgramUnderTest program, Func<TEvent, bool>? where = null, int count = 1, int from = 0)
        where TEvent : ResultEvent
    {
        try
        {
            var line = await program.StandardOutput.WaitForLineAsync(
                line => Parse(line) is TEvent found && (where is null || where(found)), count, Patience, from, typeof(TEvent).Name);
            return (TEvent)Parse(line);
        }
        catch (TimeoutException exception)
        {
            var shown = Owners.TryGetValue(program, out var owner) ? await owner.ShowAsync() : [$"It said:{Environment.NewLine}{program.StandardError}"];
            var (missing, rest) = (exception.Message.Split(Environment.NewLine, 2)[0], exception.Message);
            throw new TimeoutException(string.Join(Environment.NewLine, [missing, .. shown, rest]), exception);
        }
    }

    /// <summary>Waits until a message that was confirmed after this call has arrived: the stream flows.</summary>
    public static async Task FlowsAsync(ProgramUnderTest consumer, ProgramUnderTest producer)
    {
        var (consumed, produced) = (consumer.StandardOutput.Count, producer.StandardOutput.Count);
        var sent = await EventAsync<SentEvent>(producer, from: produced, where: sent => sent.Attempts == 1);
        await EventAsync<ReceivedEvent>(consumer, received => received.Sequence >= sent.Sequence, from: Math.Max(0, consumed - 100));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _started)
        {
            await program.DisposeAsync();
        }

        await fixture.Cluster.HealAsync();
        await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, ["delete_queue", Queue]);
    }

    // The little that explains a failure: what the broker and all programs say. A summary of a run shows only the beginning of a long failure.
    private async Task<IEnumerable<string>> ShowAsync()
    {
        const int lines = 12;
        string[] asked = ["list_queues", "name", "messages", "consumers", "state", "leader", "online"];
        var queues = await fixture.Cluster.CtlAsync(fixture.Cluster.Nodes[0].Name, asked);
        return
        [
            .. queues.Output.Split('\n').Where(line => line.StartsWith(Queue, StringComparison.Ordinal)),
            .. _started.SelectMany(static (program, number) => (string[])
            [
                $"Program {number + 1} said at last:",
                .. program.StandardError.TakeLast(lines),
                .. program.StandardOutput.Where(IsRare).TakeLast(lines),
            ]),
        ];
    }

    private static bool IsRare(string line) => Parse(line) is not (SentEvent or ReceivedEvent);

    private static ResultEvent Parse(string line) => EventJson.Read(line);

    private ProgramUnderTest Start(string program, IEnumerable<string> more)
    {
        string[] arguments =
        [
            fixture.Host,
            fixture.Port.ToString(CultureInfo.InvariantCulture),
            "--output", "json",
            "--exchange", Queue,
            "--queue", Queue,
            "--routing-key", Queue,
            .. options,
            .. more,
        ];
        var started = ProgramUnderTest.Start(program, arguments);
        _started.Add(started);
        Owners.Add(started, this);
        return started;
    }
}
