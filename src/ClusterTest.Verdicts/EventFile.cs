using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>A file of event lines, which a program or a drill wrote. It can be read any number of times, and is read a line at a time.</summary>
internal sealed class EventFile(string path)
{
    // More messages than a producer can have been asked for in a year. The sum of many such counts, and of such times, can still be counted.
    private const long MostOmitted = 100_000_000_000_000;
    private static readonly TimeSpan LongestLag = TimeSpan.FromMilliseconds(1e12);

    private static readonly HashSet<string> Kinds =
        [.. typeof(ResultEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(static type => (string)type.TypeDiscriminator!)];

    private readonly Dictionary<string, string> _sources = [];
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

    /// <summary>Reads the events. It skips kinds of events that this version does not know, and a last line that was not written to its end.</summary>
    /// <exception cref="EvidenceException">The file cannot be read, or a line is no event.</exception>
    internal IEnumerable<Entry> Read()
    {
        using var file = Open();
        var isCutOff = !EndsWithLine(file);
        using var reader = new StreamReader(file);
        for (var number = 1L; ; number++)
        {
            // A file of another kind may be one endless line.
            if (reader.Peek() is not (-1 or '{' or '\r' or '\n'))
            {
                throw NoEvent(number, null);
            }

            if (reader.ReadLine() is not { } line)
            {
                yield break;
            }

            if (line.Length > 0 && Parse(line, number, isCutOff && reader.Peek() is -1) is { } entry)
            {
                yield return entry;
            }
        }
    }

    private FileStream Open()
    {
        if (Directory.Exists(path))
        {
            throw new EvidenceException($"{path} is a directory. Name the event files in it, such as {System.IO.Path.Combine(path, "events.jsonl")}.");
        }

        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16);
            return file.CanSeek ? file : throw new EvidenceException($"{path} cannot be read twice. Store the events in a file, and name that.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvidenceException(
                $"Cannot read {path}: {exception.Message} "
                    + "Name a file that cluster-test-consumer or cluster-test-producer wrote with --output json, or a drill's events.jsonl.",
                exception);
        }
    }

    private static bool EndsWithLine(FileStream file)
    {
        if (file.Length is 0)
        {
            return true;
        }

        _ = file.Seek(-1, SeekOrigin.End);
        var last = file.ReadByte();
        _ = file.Seek(0, SeekOrigin.Begin);
        return last is '\n';
    }

    private Entry? Parse(string line, long number, bool isCutOff)
    {
        try
        {
            var written = EventJson.Read(line);
            return IsComplete(written) ? Entry.Of(SourceOf(written), written) : throw NoEvent(number, null);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            var isOfAnotherKind = IsOfAnotherKind(line);
            _isCutOff |= isCutOff && !isOfAnotherKind;
            return isCutOff || isOfAnotherKind ? null : throw NoEvent(number, exception);
        }
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
    private string SourceOf(ResultEvent written)
    {
        var name = written.Source ?? "";
        if (!_sources.TryGetValue(name, out var source))
        {
            source = name.Length is 0 ? path : $"{path}:{name}";
            _sources.Add(name, source);
        }

        return source;
    }

    private EvidenceException NoEvent(long number, Exception? cause) => new(
        $"{path}, line {number} is no event. "
            + "Name files that cluster-test-consumer or cluster-test-producer wrote with --output json, or a drill's events.jsonl. "
            + "A file with a damaged line proves nothing.",
        cause);
}
