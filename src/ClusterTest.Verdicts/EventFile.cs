using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// A file of event lines, which a program or a drill wrote, compressed or not. It is read once, a line at a time; what judging needs of it can then be read any
/// number of times.
/// </summary>
internal sealed class EventFile(string path)
{
    // More messages than a producer can have been asked for in a year. The sum of many such counts, and of such times, can still be counted.
    private const long MostOmitted = 100_000_000_000_000;
    private static readonly TimeSpan LongestLag = TimeSpan.FromMilliseconds(1e12);

    private static readonly HashSet<string> Kinds =
        [.. typeof(ResultEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(static type => (string)type.TypeDiscriminator!)];

    private readonly Dictionary<string, string> _sources = [];
    private readonly List<string> _clients = [];
    private Tape? _tape;
    private bool _isCutOff;

    internal string Path => path;

    /// <summary>Gets what is visibly missing from the file, one sentence for each gap; known after the file was read.</summary>
    internal IEnumerable<string> Gaps => (_isCutOff, _sources) switch
    {
        (true, _) => [$"{path}: its last line was cut off."],
        (_, { Count: 0 }) => [$"{path}: it has no events: what it held is gone."],
        _ when _sources.Keys.Any(static name => name.Length > 0) && !_sources.ContainsKey(EventWriter.Lab) =>
            [$"{path}: it is a drill's, and the lines of its lab are gone."],
        _ => [],
    };

    /// <summary>The files at these paths. A file that is named twice, by a link for example, is one file.</summary>
    internal static IReadOnlyList<EventFile> At(IEnumerable<string> paths) => [.. paths.DistinctBy(RealPath.Of).Select(static path => new EventFile(path))];

    /// <summary>Gets from when to when the events were, by the clocks of the wall of their writers; null if there are none, or the file was not read.</summary>
    internal Interval? Span { get; private set; }

    /// <summary>Gets the first event, if it tells that a drill began; known after the file was read.</summary>
    internal DrillStartedEvent? Started { get; private set; }

    /// <summary>Gets the programs that are not ours, with their versions and what they stood in for; known after the file was read.</summary>
    internal IReadOnlyList<string> Clients => _clients;

    /// <summary>Reads the first event alone.</summary>
    /// <exception cref="EvidenceException">The file cannot be read, or a line before is no event.</exception>
    internal ResultEvent? ReadFirst()
    {
        using var lines = new LineReader(Open());
        while (TryReadLine(lines, out var line))
        {
            if (line.Length > 0 && Parse(Encoding.UTF8.GetString(line), lines) is { } entry)
            {
                return entry.Event;
            }
        }

        return null;
    }

    /// <summary>
    /// Reads the file. It skips kinds of events that this version does not know, and a last line that was not written to its end. What judging needs is
    /// <see cref="Events"/> from then on.
    /// </summary>
    /// <exception cref="EvidenceException">The file cannot be read, or a line is no event.</exception>
    internal void Read(Scratch scratch)
    {
        using var lines = new LineReader(Open());
        var tape = new Tape(scratch);
        string?[] sources = [];
        while (TryReadLine(lines, out var line))
        {
            if (line.Length is 0)
            {
                continue;
            }

            if (new MessageLineParser(line, tape.Texts).TryRead(out var message))
            {
                Enter(new DateTime(message.Wall * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc), started: null);
                tape.Add(message.Source is { } source ? SourceAt(ref sources, source, tape.Texts) : SourceOf(""), message);
            }
            else if (Encoding.UTF8.GetString(line) is var text && Parse(text, lines) is { } entry)
            {
                Enter(entry.At, entry.Event as DrillStartedEvent);
                if (entry.Event is StartedEvent program && !EventWriter.IsOurs(program.Program))
                {
                    _clients.Add($"{program.Program} {program.Version}".TrimEnd() + (program.Source is null ? "" : $" ({program.Source})"));
                }

                tape.Add(entry.Source, text);
            }
        }

        tape.Close();
        _tape = tape;
    }

    /// <summary>Gets the events, after the file was read. Of a message, the time and what became of it are told, not its id and content.</summary>
    internal IEnumerable<Entry> Events => _tape?.Read() ?? throw new InvalidOperationException($"{path} was not read.");

    private EvidenceStream Open()
    {
        if (Directory.Exists(path))
        {
            throw new EvidenceException($"{path} is a directory. Name the event files in it, such as {System.IO.Path.Combine(path, "events.jsonl.gz")}.");
        }

        try
        {
            return new EvidenceStream(path);
        }
        catch (NotSupportedException exception)
        {
            throw new EvidenceException($"{path} cannot be read twice. Store the events in a file, and name that.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvidenceException(
                $"Cannot read {path}: {exception.Message} "
                    + "Name a file that cluster-test-consumer or cluster-test-producer wrote with --output json, or a drill's events.jsonl.gz.",
                exception);
        }
    }

    private bool TryReadLine(LineReader lines, out ReadOnlySpan<byte> line)
    {
        try
        {
            // A file of another kind may be one endless line.
            return lines.Peek() is null or (byte)'{' or (byte)'\r' or (byte)'\n' ? lines.TryRead(out line) : throw NoEvent(lines.Number + 1, null);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw new EvidenceException($"Cannot read {path} behind line {lines.Number}: {exception.Message}", exception);
        }
    }

    private Entry? Parse(string line, LineReader lines)
    {
        try
        {
            var written = EventJson.Read(line);
            return IsComplete(written) ? Entry.Of(SourceOf(written.Source ?? ""), written) : throw NoEvent(lines.Number, null);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            var isOfAnotherKind = IsOfAnotherKind(line);
            _isCutOff |= lines.IsCutOff && !isOfAnotherKind;
            return lines.IsCutOff || isOfAnotherKind ? null : throw NoEvent(lines.Number, exception);
        }
    }

    private void Enter(DateTime at, DrillStartedEvent? started)
    {
        Started = Span is null ? started : Started;
        Span = Span is { } span ? new Interval(at < span.From ? at : span.From, at > span.To ? at : span.To) : new Interval(at, at);
    }

    private static bool IsOfAnotherKind(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("event", out var kind) && kind.ValueKind is JsonValueKind.String && !Kinds.Contains(kind.GetString()!);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The reader takes null for a property that is missing; here, those that the verdict needs have to be there.
    internal static bool IsComplete(ResultEvent written) => written switch
    {
        SentEvent sent => sent is { Run: not null, Sequence: > 0 },
        UnknownEvent unknown => unknown is { Run: not null, Sequence: > 0 },
        ReturnedEvent returned => returned is { Run: not null, Sequence: > 0 },
        NotSentEvent notSent => notSent is { Run: not null, Sequence: > 0 },
        OmittedEvent omitted => omitted is { Run: not null, Count: > 0 and <= MostOmitted }
            && omitted.LastLag >= TimeSpan.Zero
            && omitted.FirstLag <= LongestLag
            && omitted.FirstLag >= omitted.LastLag,
        FaultEvent fault => fault is { Fault: not null, Step: not null, Clock: not null },
        StartedEvent started => started is { Program: not null, Clock: not null },
        DrillStartedEvent started => started is { Kind: not null, Variant: not null, Clock: not null, Environment: { Brokers: not null } }
            && started.Settings is { Faults: not null, Nodes: not null, Plan: not null }
            && started.Settings.Plan.All(static planned => planned is not null),
        ProblemEvent problem => problem is { Kind: not null, Detail: not null },
        DrainedEvent drained => drained.Queue is not null,
        _ => true,
    };

    // Two files may have sources of the same name, and come from two drills.
    private string SourceOf(string name)
    {
        if (!_sources.TryGetValue(name, out var source))
        {
            source = name.Length is 0 ? path : $"{path}:{name}";
            _sources.Add(name, source);
        }

        return source;
    }

    private string SourceAt(ref string?[] sources, int number, TextTable texts)
    {
        if (number >= sources.Length)
        {
            Array.Resize(ref sources, Math.Max(2 * sources.Length, number + 1));
        }

        return sources[number] ??= SourceOf(texts[number]);
    }

    private EvidenceException NoEvent(long number, Exception? cause) => new(
        $"{path}, line {number} is no event. "
            + "Name files that cluster-test-consumer or cluster-test-producer wrote with --output json, or a drill's events.jsonl.gz. "
            + "A file with a damaged line proves nothing.",
        cause);
}
