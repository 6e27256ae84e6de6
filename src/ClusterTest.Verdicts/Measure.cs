using System.Globalization;

namespace ClusterTest.Verdicts;

/// <summary>What a measure counts.</summary>
internal enum MeasureUnit
{
    /// <summary>Messages, or deliveries.</summary>
    Count,

    /// <summary>A duration.</summary>
    Milliseconds,
}

/// <summary>A number that a verdict tells of something, with the name and the meaning of the number.</summary>
/// <typeparam name="T">What the number is told of.</typeparam>
/// <param name="Name">The name, the same wherever the number is shown.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Meaning">The definition, short enough for a terminal beside the number.</param>
/// <param name="Of">The value; null if it was not measured, or cannot be known.</param>
internal record Measure<T>(string Name, MeasureUnit Unit, string Meaning, Func<T, double?> Of)
{
    /// <summary>The name as a heading.</summary>
    internal string Title => $"{char.ToUpperInvariant(Name[0])}{Name[1..]}";

    /// <summary>What else a reader should know of the number; empty if there is nothing.</summary>
    internal string Note { get; init; } = "";

    /// <summary>The definition where there is room for the whole of it.</summary>
    internal string Definition => Note is "" ? Meaning : $"{Meaning}; {Note}";

    /// <summary>The property in <c>report.json</c>, below the object that the number is told of: <c>left_behind</c>, <c>outage_ms</c>.</summary>
    internal string Property { get; init; } = Name.Replace(' ', '_') + (Unit is MeasureUnit.Milliseconds ? "_ms" : "");

    /// <summary>
    /// The value for a terminal: <c>12,345</c>, <c>338 ms</c>; <c>?</c> for a count that cannot be known, <c>-</c> for a time that was not measured.
    /// </summary>
    internal string TextOf(T subject) => (Of(subject), Unit) switch
    {
        (null, MeasureUnit.Count) => "?",
        (null, _) => "-",
        ({ } count, MeasureUnit.Count) => count.ToString("#,0", CultureInfo.InvariantCulture),
        ({ } time, _) => string.Create(CultureInfo.InvariantCulture, $"{time:#,0} ms"),
    };
}

/// <summary>A number of a verdict.</summary>
internal sealed record Measure(string Name, MeasureUnit Unit, string Meaning, Func<Verdict, double?> Of) : Measure<Verdict>(Name, Unit, Meaning, Of);
