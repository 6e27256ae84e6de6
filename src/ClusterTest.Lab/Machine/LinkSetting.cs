using System.Globalization;
using ClusterTest.Events;

namespace ClusterTest.Lab.Machine;

/// <summary>The condition of a link, with what belongs to it.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Latency">How much later everything arrives; only if slow.</param>
/// <param name="BytesPerSecond">How much all connections together carry in each direction; only if slow.</param>
internal readonly record struct LinkSetting(LinkCondition Condition, TimeSpan Latency, long BytesPerSecond)
{
    private const string SlowWord = "slow";

    internal static LinkSetting Whole { get; } = new(LinkCondition.Whole, default, 0);

    internal static LinkSetting Cut { get; } = new(LinkCondition.Cut, default, 0);

    internal static LinkSetting HalfOpen { get; } = new(LinkCondition.HalfOpen, default, 0);

    /// <summary>The usual slow link: 200 ms one way, 256 kB/s.</summary>
    internal static LinkSetting Slow { get; } = SlowBy(TimeSpan.FromMilliseconds(200), 256_000);

    /// <summary>The condition in a word, as in <c>the link is half-open</c>.</summary>
    internal string Word => Condition switch
    {
        LinkCondition.Whole => "whole",
        LinkCondition.Cut => "cut",
        LinkCondition.Slow => SlowWord,
        _ => "half-open",
    };

    /// <summary>What the condition means for the connections, for messages.</summary>
    internal string Meaning => Condition switch
    {
        LinkCondition.Whole => "everything is carried",
        LinkCondition.Cut => "all connections are reset, and new ones are refused",
        LinkCondition.Slow => string.Create(
            CultureInfo.InvariantCulture, $"everything arrives {Duration.Format(Latency)} later, at most {BytesPerSecond / 1000d:0.###} kB/s"),
        _ => "connections stay and new ones are accepted, but nothing is carried",
    };

    internal static LinkSetting SlowBy(TimeSpan latency, long bytesPerSecond) => new(LinkCondition.Slow, latency, bytesPerSecond);

    /// <summary>
    /// Reads what <see cref="ToString"/> writes: <c>whole</c>, <c>cut</c>, <c>half-open</c>, <c>slow 200ms 256000</c>, or <c>slow</c> for the usual values.
    /// </summary>
    internal static bool TryParse(string text, out LinkSetting setting)
    {
        LinkSetting? found = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) switch
        {
            ["whole"] => Whole,
            ["cut"] => Cut,
            ["half-open"] => HalfOpen,
            [SlowWord] => Slow,
            [SlowWord, var latency, var rate] when Duration.TryParse(latency, out var later)
                && long.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                && bytes > 0 => SlowBy(later, bytes),
            _ => null,
        };
        setting = found ?? Whole;
        return found is not null;
    }

    /// <summary>The setting as in a control file.</summary>
    public override string ToString() => Condition is LinkCondition.Slow
        ? string.Create(CultureInfo.InvariantCulture, $"{SlowWord} {Duration.Format(Latency)} {BytesPerSecond}")
        : Word;
}
