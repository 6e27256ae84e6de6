using System.Collections;

namespace ScriptedAmqp;

/// <summary>A list that only grows, and that may be read while it grows: an enumeration sees what was there when it began.</summary>
public sealed class Journal<T> : IReadOnlyList<T>
{
    private readonly Lock _sync = new();
    private T[] _entries = new T[16];
    private int _count;

    internal Journal()
    {
    }

    public int Count => Snapshot.Count;

    public T this[int index] => Snapshot[index];

    // What lies below the count never changes, so a snapshot needs no copy.
    private ArraySegment<T> Snapshot
    {
        get
        {
            lock (_sync)
            {
                return new(_entries, 0, _count);
            }
        }
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Snapshot).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(T entry)
    {
        lock (_sync)
        {
            if (_count == _entries.Length)
            {
                Array.Resize(ref _entries, _count * 2);
            }

            _entries[_count++] = entry;
        }
    }
}
