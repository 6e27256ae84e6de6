using System.Globalization;

namespace ClusterTest.Benchmarks.Harness;

/// <summary>Makes the rows of a table: a contender each, medians, and ratios to one of them.</summary>
internal static class ComparisonTable
{
    private const string None = "–";

    public static IReadOnlyList<IReadOnlyList<string>> Build<T>(
        IReadOnlyList<ContenderProgram> contenders,
        IReadOnlyDictionary<ContenderProgram, List<T>> samples,
        ContenderProgram reference,
        IReadOnlyList<Column<T>> columns)
    {
        List<string> titles = ["contender"];
        foreach (var column in columns)
        {
            titles.Add(column.Title);
            if (column.HasRatio)
            {
                titles.Add("ratio");
            }
        }

        List<IReadOnlyList<string>> rows = [titles];
        rows.AddRange(contenders.Select(contender => contender.Missing is { } missing
            ? [$"{contender.Name} ({missing})", .. Enumerable.Repeat(None, titles.Count - 1)]
            : Row(contender, samples[contender], samples.GetValueOrDefault(reference), columns)));
        return rows;
    }

    private static List<string> Row<T>(ContenderProgram contender, List<T> own, List<T>? reference, IReadOnlyList<Column<T>> columns)
    {
        List<string> row = [contender.Name];
        foreach (var column in columns)
        {
            var values = own.Select(column.Value).OfType<double>().ToList();
            row.Add(values.Count == 0 ? None : Median.Of(values).ToString(column.Format, CultureInfo.InvariantCulture));
            if (column.HasRatio)
            {
                row.Add(Ratio(own, reference ?? [], column.Value));
            }
        }

        return row;
    }

    // Round by round, since both ran at about the same time then.
    private static string Ratio<T>(List<T> own, List<T> reference, Func<T, double?> value)
    {
        var ratios = own.Zip(reference, (mine, other) => value(mine) / value(other)).OfType<double>().Where(double.IsFinite).ToList();
        return ratios.Count == 0 ? None : Median.Of(ratios).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
