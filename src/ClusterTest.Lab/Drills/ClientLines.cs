using System.Text.Json;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Verdicts;

namespace ClusterTest.Lab.Drills;

/// <summary>Reads the lines of a client up to the first one that is no event line of it. What comes after such a line proves nothing.</summary>
/// <param name="client">The client.</param>
/// <param name="watch">Called with each event, one at a time.</param>
internal sealed class ClientLines(Client client, Action<ResultEvent> watch)
{
    private const int MostShown = 200;

    private volatile string? _complaint;
    private volatile bool _hasStarted;
    private volatile bool _hasSummary;

    /// <summary>What is wrong with a line; null if nothing is.</summary>
    internal string? Complaint => _complaint;

    /// <summary>Whether the client has written its summary, which is its last line.</summary>
    internal bool HasSummary => _hasSummary;

    /// <summary>The kind of line that ends what this client writes.</summary>
    internal string Summary => client.Source is EventWriter.Consumer ? "consumer-summary" : "producer-summary";

    /// <summary>Takes the next line.</summary>
    internal void Read(string line)
    {
        if (_complaint is not null || Parse(line) is not { } written)
        {
            return;
        }

        if (Objection(written) is { } objection)
        {
            Complain(objection, line);
            return;
        }

        _hasStarted |= written is StartedEvent;
        _hasSummary |= written is ConsumerSummaryEvent or ProducerSummaryEvent;
        watch(written);
    }

    private ResultEvent? Parse(string line)
    {
        try
        {
            return EventJson.Read(line);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            Complain("is no event", line);
            return null;
        }
    }

    private string? Objection(ResultEvent written) =>
        !IsOf(client.Source, written) ? $"a {client.Source} does not write"
        : !EventFile.IsComplete(written) ? "lacks what the verdict needs"
        : written is ReceivedEvent { Run: not null, DueMicroseconds: null, Time: 0 } ? "has neither \"due_us\" nor \"time\", so that its delay is not known"
        : !_hasStarted && written is not StartedEvent ? "comes before \"started\", which has to be the first"
        : null;

    private void Complain(string objection, string line)
    {
        var shown = CommandLine.Redact(Printable.Line(line.Length > MostShown ? $"{line[..MostShown]}…" : line));
        _complaint = $"{client.Name} wrote a line that {objection}: {shown}{Environment.NewLine}"
            + $"Its standard output is for event lines alone; anything else belongs on its standard error. {Client.Advice}";
    }

    private static bool IsOf(string source, ResultEvent written) => written switch
    {
        StartedEvent or LostConnectionEvent or RecoveredEvent or FatalEvent => true,
        ReadyEvent or ReceivedEvent or ParkedEvent or ConsumerSummaryEvent => source is EventWriter.Consumer,
        PublishedEvent or OmittedEvent or ProducerSummaryEvent => source is EventWriter.Producer,
        _ => false,
    };
}
