using System.Diagnostics.CodeAnalysis;

namespace ClusterTest.Verdicts;

/// <summary>
/// Finds values by text. Most look-ups are of the very same object as one of the two before, since lines come from few writers, and are of few runs: they cost
/// no look at the text.
/// </summary>
internal sealed class TextMap<TValue>
    where TValue : class
{
    private readonly Dictionary<string, TValue> _values = [];
    private string? _last;
    private TValue? _lastValue;
    private string? _before;
    private TValue? _beforeValue;

    internal int Count => _values.Count;

    internal IReadOnlyCollection<TValue> Values => _values.Values;

    internal IReadOnlyCollection<KeyValuePair<string, TValue>> All => _values;

    internal bool TryGetValue(string text, [NotNullWhen(true)] out TValue? value)
    {
        if (ReferenceEquals(text, _last))
        {
            value = _lastValue!;
            return true;
        }

        if (ReferenceEquals(text, _before))
        {
            value = _beforeValue!;
        }
        else if (!_values.TryGetValue(text, out value))
        {
            return false;
        }

        (_before, _beforeValue, _last, _lastValue) = (_last, _lastValue, text, value);
        return true;
    }

    internal void Add(string text, TValue value) => _values.Add(text, value);
}
