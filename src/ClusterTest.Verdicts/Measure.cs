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

/// <summary>A number that is told of something, with its name and what it means.</summary>
/// <typeparam name="T">What it is told of.</typeparam>
/// <param name="Name">Its name, wherever it is shown.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Meaning">Its definition, short enough for a terminal beside the number.</param>
/// <param name="Of">Its value; null if it was not measured, or cannot be known.</param>
internal record Measure<T>(string Name, MeasureUnit Unit, string Meaning, Func<T, double?> Of)
{
    /// <summary>Its name as a heading.</summary>
    internal string Title => $"{char.ToUpperInvariant(Name[0])}{Name[1..]}";

    /// <summary>What else is to be known of it; empty if nothing is.</summary>
    internal string Note { get; init; } = "";

    /// <summary>Its definition where there is room.</summary>
    internal string Definition => Note is "" ? Meaning : $"{Meaning}; {Note}";

    /// <summary>Its property in <c>report.json</c>, below the object that it is told of: <c>left_behind</c>, <c>outage_ms</c>.</summary>
    internal string Property { get; init; } = Name.Replace(' ', '_') + (Unit is MeasureUnit.Milliseconds ? "_ms" : "");

    /// <summary>Its value for a terminal: <c>12,345</c>, <c>338 ms</c>; <c>?</c> for a count that cannot be known, <c>-</c> for a time that was not measured.</summary>
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
