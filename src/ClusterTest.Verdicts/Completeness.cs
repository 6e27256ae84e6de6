using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// Tells whether everything that one writer wrote is in the evidence. The first line of a writer says that it began; the summary is its last line,
/// and holds the counts. A program that was started again, and wrote to the same file, has a first line and a summary for each time.
/// </summary>
internal sealed class Completeness(string source)
{
    private readonly Dictionary<Type, long> _counts = [];
    private readonly List<string> _gaps = [];
    private bool _isBegun;
    private bool _isOpen;

    /// <summary>Gets what is missing, one sentence for each gap.</summary>
    internal IEnumerable<string> Gaps => _isOpen ? [.. _gaps, NoSummary] : _gaps;

    private string NoSummary => $"{source}: its summary is missing, so lines before it may be, too: the file was cut off, or its writer was killed.";

    internal void Enter(ResultEvent written)
    {
        switch (written)
        {
            case StartedEvent or DrillStartedEvent:
                _gaps.AddRange(_isOpen ? [NoSummary] : []);
                _counts.Clear();
                (_isBegun, _isOpen) = (true, true);
                break;
            case ProducerSummaryEvent summary:
                Close(
                    ("confirmed", summary.Confirmed, Count<SentEvent>()),
                    ("unknown", summary.Unknown, Count<UnknownEvent>()),
                    ("returned", summary.Returned, Count<ReturnedEvent>()),
                    ("not sent", summary.NotSent, Count<NotSentEvent>()),
                    ("omitted", summary.Omitted, Count<OmittedEvent>()));
                break;
            case ConsumerSummaryEvent summary:
                // A message that is no test message has no line until it is parked.
                Close(("received", summary.Received - (summary.Unreadable ?? 0), Count<ReceivedEvent>()), ("parked", summary.Parked, Count<ParkedEvent>()));
                break;
            case DrillEndedEvent summary:
                Close(("steps of faults", summary.FaultSteps, Count<FaultEvent>()), ("found in queues", summary.Drained ?? 0, Count<DrainedEvent>()));
                _gaps.AddRange(summary.Drained is null ? [$"{source}: the queues could not be emptied, so messages may still be in them."] : []);
                break;
            default:
                Add(written);
                _isOpen = true;
                break;
        }
    }

    private void Add(ResultEvent written)
    {
        var kind = written.GetType();
        _counts[kind] = _counts.GetValueOrDefault(kind) + (written is OmittedEvent omitted ? omitted.Count : 1);
    }

    private long Count<TEvent>()
        where TEvent : ResultEvent => _counts.GetValueOrDefault(typeof(TEvent));

    private void Close(params IEnumerable<(string What, long Told, long Found)> counts)
    {
        _gaps.AddRange(_isBegun ? [] : [$"{source}: its first line is missing, so others may be, too: the file was cut off in front."]);
        foreach (var (what, told, found) in counts.Where(static count => count.Told != count.Found))
        {
            _gaps.Add(FormattableString.Invariant($"{source}: its summary counts {told:#,0} {what}, and there are lines of {found:#,0}."));
        }

        _counts.Clear();
        (_isBegun, _isOpen) = (false, false);
    }
}
