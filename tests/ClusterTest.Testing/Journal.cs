using System.Collections;

namespace ClusterTest.Testing;

/// <summary>A list that only grows, and that may be read while it grows: an enumeration sees what was there when it began.</summary>
public sealed class Journal<T> : IReadOnlyList<T>
{
    private readonly Lock _sync = new();
    private readonly List<T> _entries = [];

    internal Journal()
    {
    }

    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _entries.Count;
            }
        }
    }

    public T this[int index]
    {
        get
        {
            lock (_sync)
            {
                return _entries[index];
            }
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        T[] snapshot;
        lock (_sync)
        {
            snapshot = [.. _entries];
        }

        return snapshot.AsEnumerable().GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(T entry)
    {
        lock (_sync)
        {
            _entries.Add(entry);
        }
    }
}
