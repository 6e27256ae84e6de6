using System.Globalization;

namespace ClusterTest.Events;

/// <summary>Durations as people write them: <c>500ms</c>, <c>3s</c>, <c>10m</c>, <c>2h</c>.</summary>
public static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>Reads a duration.</summary>
    /// <param name="text">A number, decimals allowed, followed by <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>.</param>
    /// <param name="duration">The duration, from 1 ms to 24 days, since no timer runs longer.</param>
    /// <returns>Whether the text is a duration.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var unit = text.AsSpan().TrimStart("0123456789.").ToString();
        double? milliseconds = unit switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => null,
        };
        duration = default;
        if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * milliseconds is not { } total)
        {
            return false;
        }

        if (total < 1 || total > Longest.TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>Writes a duration so that <see cref="TryParse"/> can read it.</summary>
    public static string Format(TimeSpan duration) => duration switch
    {
        { TotalHours: >= 1 } when IsWhole(duration.TotalHours) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours}h"),
        { TotalMinutes: >= 1 } when IsWhole(duration.TotalMinutes) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes}m"),
        { TotalSeconds: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms"),
    };

    private static bool IsWhole(double value) => double.IsInteger(value);
}
