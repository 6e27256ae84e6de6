using System.Globalization;
using System.Text;
using ClusterTest.Lab;

namespace ClusterTest.Benchmarks.Harness;

/// <summary>A page with tables: printed, and kept in benchmarks/results.</summary>
internal sealed class ResultPage(string part, string title, string command)
{
    private readonly StringBuilder _text = new();
    private readonly string _loadBefore = Machine.Load;

    public void Say(string text) => _text.Append(text).Append("\n\n");

    /// <summary>Adds a table, in Markdown that can be read as it is; all columns but the first are numbers.</summary>
    public void Add(string heading, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => row[column].Length)).ToList();
        _text.Append("## ").Append(heading).Append("\n\n");
        Append(rows[0]);
        _text.Append('|').AppendJoin('|', widths.Select(static (width, column) => new string('-', width + 1) + (column == 0 ? '-' : ':'))).Append("|\n");
        foreach (var row in rows.Skip(1))
        {
            Append(row);
        }

        _text.Append('\n');

        void Append(IReadOnlyList<string> row) => _text
            .Append("| ")
            .AppendJoin(" | ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))
            .Append(" |\n");
    }

    /// <summary>Prints the page, and writes it.</summary>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var versions = await Machine.VersionsAsync(cancellationToken);
        var page = string.Create(CultureInfo.InvariantCulture, $"""
            # {title}

            {now:yyyy-MM-dd HH:mm} UTC, by `{command}`. Load average {_loadBefore} before, {Machine.Load} after.
            Machine: {Machine.Describe()}.
            Versions: {versions}.


            """) + _text.ToString().TrimEnd('\n') + "\n";
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Find(), "benchmarks", "results"));
        var file = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{part}-{now:yyyy-MM-dd}.md"));
        await File.WriteAllTextAsync(file, page, cancellationToken);
        Console.Write(page);
        await Console.Error.WriteLineAsync($"Written: {file}");
    }
}
