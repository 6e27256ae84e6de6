using System.Collections;
using System.Runtime.CompilerServices;
using ClusterTest.Testing.Internal;

namespace ClusterTest.Testing;

/// <summary>The lines of a program's output so far; a test can await the ones to come.</summary>
public sealed class OutputLines : IReadOnlyList<string>
{
    private const int Shown = 60;

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
        // Each line is looked at once: a program may write hundreds in a second, beside the brokers on the same machine.
        var (next, missing) = (from, count);
        await _changes.WaitForAsync(
            () =>
            {
                for (; missing > 0 && next < _lines.Count; next++)
                {
                    missing -= predicate(_lines[next]) ? 1 : 0;
                }

                return missing is 0;
            },
            timeout ?? ScriptedBroker.DefaultTimeout,
            () => $"{count} × {expression}, {count - missing} found; there were:{Environment.NewLine}{Excerpt()}");
        return _lines[next - 1];
    }

    public IEnumerator<string> GetEnumerator() => _lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(Environment.NewLine, _lines);

    /// <summary>What a failure shows: the end of a long output.</summary>
    internal string Excerpt() => Count <= Shown ? ToString() : $"({Count - Shown} more lines){Environment.NewLine}{string.Join(Environment.NewLine, _lines.TakeLast(Shown))}";

    internal void Add(string line)
    {
        _lines.Add(line);
        _changes.Set();
    }
}
