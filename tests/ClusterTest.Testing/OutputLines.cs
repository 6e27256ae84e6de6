using System.Collections;
using System.Runtime.CompilerServices;
using ClusterTest.Testing.Internal;

namespace ClusterTest.Testing;

/// <summary>The lines of a program's output so far; a test can await the ones to come.</summary>
public sealed class OutputLines : IReadOnlyList<string>
{
    private readonly Journal<string> _lines = new();
    private readonly ChangeSignal _changes = new();

    internal OutputLines()
    {
    }

    public int Count => _lines.Count;

    public string this[int index] => _lines[index];

    /// <summary>Waits until so many lines match, those already there from line <paramref name="from"/> on included, and returns the last of them.</summary>
    public async Task<string> WaitForLineAsync(
        Func<string, bool> predicate,
        int count = 1,
        TimeSpan? timeout = null,
        int from = 0,
        [CallerArgumentExpression(nameof(predicate))] string expression = "")
    {
        string? found = null;
        await _changes.WaitForAsync(
            () => (found = _lines.Skip(from).Where(predicate).Skip(count - 1).FirstOrDefault()) is not null,
            timeout ?? ScriptedBroker.DefaultTimeout,
            () => $"{count} × {expression}; there were:{Environment.NewLine}{this}");
        return found!;
    }

    public IEnumerator<string> GetEnumerator() => _lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(Environment.NewLine, _lines);

    internal void Add(string line)
    {
        _lines.Add(line);
        _changes.Set();
    }
}
