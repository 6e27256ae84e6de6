using System.Globalization;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Drills;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Commands;

/// <summary>Reads the value of <c>--compare</c>: <c>sessions=1,2</c> or <c>queue-type=quorum,classic</c>.</summary>
internal static class Comparison
{
    private const int MostSessions = 64;

    /// <summary>Makes one variant for each value.</summary>
    /// <param name="text">The value of the option.</param>
    /// <param name="common">The settings that all variants share.</param>
    /// <param name="error">What is wrong with the text.</param>
    /// <returns>At least two variants; null if the text is wrong.</returns>
    internal static List<Variant>? Variants(string text, Variant common, out string error)
    {
        error = $"'{text}' is not understood; write sessions=1,2, queue-type=quorum,classic or ack-mode=on-confirm,no-ack, with at least two values.";
        if (text.Split('=') is not [var option, var values])
        {
            return null;
        }

        var names = values.Split(',', StringSplitOptions.TrimEntries).Distinct().ToList();
        List<Variant> variants = [.. names.Select(value => Vary(option, value, common)).OfType<Variant>()];
        return variants.Count > 1 && variants.Count == names.Count ? variants : null;
    }

    private static Variant? Vary(string option, string value, Variant common) => (option, value) switch
    {
        ("sessions", _) when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var sessions) && sessions is > 0 and <= MostSessions =>
            common with { Name = $"sessions={sessions}", Sessions = sessions },
        ("queue-type", "quorum") => common with { Name = "queue-type=quorum", QueueType = QueueType.Quorum },
        ("queue-type", "classic") => common with { Name = "queue-type=classic", QueueType = QueueType.Classic },
        ("ack-mode", _) when ShovelDefinition.AckModes.Contains(value) => common with { Name = $"ack-mode={value}", AckMode = value },
        _ => null,
    };
}
