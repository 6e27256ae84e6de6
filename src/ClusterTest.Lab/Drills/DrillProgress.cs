using System.Globalization;
using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>The progress of a drill, for a display that redraws it, or for lines as they come.</summary>
internal sealed class DrillProgress(TimeProvider time, Action<string> line)
{
    private readonly Lock _lock = new();
    private readonly List<FaultProgress> _faults = [];

    /// <summary>The counts of messages of the running variant.</summary>
    internal Scoreboard Scoreboard { get; private set; } = new(time);

    /// <summary>What the drill is doing, in a few words.</summary>
    internal string Phase { get; private set; } = "";

    /// <summary>The name of the running variant; empty if there is only one.</summary>
    internal string Variant { get; private set; } = "";

    /// <summary>How many faults are planned; 0 if the number is unknown.</summary>
    internal int Planned { get; private set; }

    /// <summary>The faults so far, in the order of their beginning.</summary>
    internal IReadOnlyList<FaultProgress> Faults
    {
        get
        {
            lock (_lock)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>Notes that a variant begins.</summary>
    internal void Begin(string variant)
    {
        lock (_lock)
        {
            (Variant, Planned, Scoreboard) = (variant, 0, new Scoreboard(time));
            _faults.Clear();
        }

        if (variant.Length > 0)
        {
            line(variant);
        }
    }

    /// <summary>Notes how many faults the running variant will do.</summary>
    internal void Plan(int planned) => Planned = planned;

    /// <summary>Notes that another phase begins.</summary>
    internal void Enter(string phase)
    {
        Phase = phase;
        Say(time.GetUtcNow(), "drill", phase);
    }

    /// <summary>Takes an event of a program or of the lab.</summary>
    internal void Observe(ResultEvent written)
    {
        Scoreboard.Add(written);
        switch (written)
        {
            case FaultEvent fault:
                Step(fault);
                break;
            case LostConnectionEvent lost:
                Say(written, $"Lost its connection{SessionOf(lost.Session)}: {lost.Detail}");
                break;
            case RecoveredEvent recovered:
                Say(written, $"Recovered{SessionOf(recovered.Session)} after {recovered.Outage.TotalMilliseconds:0} ms, at attempt {recovered.Attempts}");
                break;
            case StartedEvent started when !EventWriter.IsOurs(started.Program):
                Say(written, $"{started.Program} {started.Version}".TrimEnd());
                break;
            case ReadyEvent:
                Say(written, written.ToText()!);
                break;
            case FatalEvent fatal:
                Say(written, $"Gave up: {fatal.Detail}");
                break;
            default:
                break;
        }
    }

    private void Step(FaultEvent step)
    {
        lock (_lock)
        {
            var known = _faults.FindIndex(fault => fault.Id == step.Id);
            if (known < 0)
            {
                Scoreboard.ForgetSilences();
                _faults.Add(new FaultProgress(step.Id, step.Fault, step.Node, step.Role, step.Step, step.Checked, Outage: null));
            }
            else
            {
                _faults[known] = _faults[known] with { Step = step.Step, Outage = Scoreboard.Read().LongestSilence };
            }
        }

        var what = step.Node is null ? step.Fault : $"{step.Fault} {step.Node}";
        Say(step, step.Step switch
        {
            FaultStep.Injecting => Numbered(step, what)
                + (step.Role is null ? "" : $" ({step.Role})")
                + (step.Checked is false ? $": {StepWords.Of(step.Step, step.Checked)}" : ""),
            FaultStep.Failed => $"{what}: FAILED: {step.Detail}",
            _ => $"{what}: {StepWords.Of(step.Step, step.Checked)}",
        });
    }

    private string Numbered(FaultEvent step, string what) => Planned is 0 ? what : $"{step.Id}/{Planned} {what}";

    private static string SessionOf(int session) => session is 0 ? "" : $" (session {session + 1})";

    private void Say(ResultEvent written, string text) => Say(written.Timestamp, written.Source ?? "", text);

    private void Say(DateTimeOffset at, string who, string text) =>
        line(string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:HH:mm:ss.fff}Z  {who,-8}  {text}"));
}
