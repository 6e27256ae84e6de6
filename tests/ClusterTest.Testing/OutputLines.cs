using System.Collections;
using System.Runtime.CompilerServices;
using ScriptedAmqp;

namespace ClusterTest.Testing;

/// <summary>The lines of a program's output so far; a test can await the ones to come.</summary>
public sealed class OutputLines : IReadOnlyList<string>
{
    private const int Shown = 60;

    private readonly Lock _sync = new();
    private readonly List<string> _lines = [];
    private readonly ChangeSignal _changes = new();

    internal OutputLines()
    {
    }

    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _lines.Count;
            }
        }
    }

    public string this[int index]
    {
        get
        {
            lock (_sync)
            {
                return _lines[index];
            }
        }
    }

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
                for (; missing > 0 && next < Count; next++)
                {
                    missing -= predicate(this[next]) ? 1 : 0;
                }

                return missing is 0;
            },
            timeout ?? ScriptedBroker.DefaultTimeout,
            () => $"{count} × {expression}, {count - missing} found; there were:{Environment.NewLine}{Excerpt()}");
        return this[next - 1];
    }

    /// <summary>Sees what is there now, whatever comes meanwhile.</summary>
    public IEnumerator<string> GetEnumerator()
    {
        lock (_sync)
        {
            return _lines.ToList().GetEnumerator();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(Environment.NewLine, this);

    /// <summary>What a failure shows: the end of a long output.</summary>
    internal string Excerpt() => Count <= Shown
        ? ToString()
        : $"({Count - Shown} more lines){Environment.NewLine}{string.Join(Environment.NewLine, this.TakeLast(Shown))}";

    internal void Add(string line)
    {
        lock (_sync)
        {
            _lines.Add(line);
        }

        _changes.Set();
    }
}
