using System.Globalization;
using ClusterTest.Lab.Verdicts;

namespace ClusterTest.Lab.Drills;

/// <summary>Prints a verdict.</summary>
internal static class VerdictView
{
    internal static void Write(TextWriter writer, Verdict verdict, int rate)
    {
        writer.WriteLine();
        writer.WriteLine(Row("confirmed", verdict.Confirmed));
        writer.WriteLine(Row("received", verdict.Received));
        writer.WriteLine(Row("lost", verdict.Lost.Count));
        writer.WriteLine(Row("duplicated", verdict.Duplicated));
        writer.WriteLine(Row("outage", verdict.Outage.TotalMilliseconds, $" ms   longest silence at the consumer; a message is due every {1000 / rate} ms"));
        writer.WriteLine();
        writer.WriteLine(verdict.Lost.Count is 0
            ? "Nothing was lost."
            : $"LOST: {string.Join(", ", verdict.Lost)}");
    }

    private static string Row(string name, double value, string unit = "") =>
        string.Create(CultureInfo.InvariantCulture, $"  {name,-10} {value,6:0}{unit}");
}
