using System.Globalization;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>Numbers, durations and times as a report writes them.</summary>
internal static class Words
{
    private const double TenMilliseconds = 10;
    private const double TenSeconds = 10_000;
    private const double TwoMinutes = 120_000;
    private const double TwoHours = 7_200_000;

    /// <summary>Stands where nothing was measured. Screen readers get a word for it.</summary>
    public static Html None { get; } = Html.Of($"""<span aria-hidden="true">–</span><span class="unseen">none</span>""");

    /// <summary>A count: <c>12,345</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count of things: <c>1 message</c>, <c>12,345 messages</c>.</summary>
    public static string Count(long count, string thing) => count == 1 ? $"1 {thing}" : $"{Count(count)} {thing}s";

    /// <summary>A duration in the unit that suits it: <c>4.2 ms</c>, <c>5,023 ms</c>, <c>63.5 s</c>, <c>3 min 12 s</c>, <c>2 h 5 min</c>.</summary>
    public static string Time(TimeSpan duration) => duration.TotalMilliseconds switch
    {
        < TenMilliseconds => Invariant($"{duration.TotalMilliseconds:0.#} ms"),
        < TenSeconds => Invariant($"{duration.TotalMilliseconds:N0} ms"),
        < TwoMinutes => Invariant($"{duration.TotalSeconds:0.#} s"),
        < TwoHours => Invariant($"{(int)duration.TotalMinutes} min {duration.Seconds} s"),
        _ => Invariant($"{(int)duration.TotalHours:N0} h {duration.Minutes} min"),
    };

    /// <summary>A duration, or a dash.</summary>
    public static Html OrNone(TimeSpan? duration) => duration is { } known ? Html.Of($"{Time(known)}") : None;

    /// <summary>A measure of a verdict.</summary>
    public static Html Of<T>(Measure<T> measure, T subject) => (measure.Of(subject), measure.Unit) switch
    {
        (null, MeasureUnit.Count) => Html.Of($"?"),
        ({ } count, MeasureUnit.Count) => Html.Of($"{Count((long)count)}"),
        var (time, _) => OrNone(time is { } known ? TimeSpan.FromMilliseconds(known) : null),
    };

    /// <summary>Time since the start as a clock shows it: <c>0:07.3</c>, <c>1:02:07</c>. A time before the start is shown as the start.</summary>
    public static string Elapsed(TimeSpan sinceStart) => sinceStart switch
    {
        { Ticks: < 0 } => Elapsed(TimeSpan.Zero),
        { TotalHours: >= 1 } => Invariant($"{(int)sinceStart.TotalHours}:{sinceStart:mm\\:ss}"),
        _ => Invariant($"{(int)sinceStart.TotalMinutes}:{sinceStart:ss\\.f}"),
    };

    /// <summary>A day and time: <c>22 November 2026, 19:25:02 UTC</c>.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy, HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A decimal number: <c>200</c>, <c>0.5</c>.</summary>
    public static string Number(double number) => number.ToString("#,0.###", CultureInfo.InvariantCulture);

    /// <summary>A number for programs: <c>1234.5</c>.</summary>
    public static string Plain(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Starts a sentence.</summary>
    public static string Capital(string text) => text is "" ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
