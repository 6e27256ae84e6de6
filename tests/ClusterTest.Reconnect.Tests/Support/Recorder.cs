using System.Runtime.CompilerServices;

namespace ClusterTest.Reconnect.Tests.Support;

/// <summary>Remembers, in order, what callbacks were given.</summary>
internal sealed class Recorder<T>
{
    private readonly Lock _sync = new();
    private readonly List<T> _items = [];

    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_sync)
            {
                return [.. _items];
            }
        }
    }

    public void Add(T item)
    {
        lock (_sync)
        {
            _items.Add(item);
        }
    }

    /// <summary>Waits until so many match, those already there included, and returns the last of them.</summary>
    public async Task<T> WaitForAsync(Func<T, bool> where, int count = 1, [CallerArgumentExpression(nameof(where))] string expression = "")
    {
        IReadOnlyList<T> found = [];
        await Eventually.TrueAsync(() => (found = [.. Items.Where(where).Take(count)]).Count == count, $"{count} × {expression}");
        return found[^1];
    }
}
