using System.Text;

namespace ClusterTest.Verdicts;

/// <summary>Numbers texts that come again and again, such as the ids of runs.</summary>
internal sealed class TextTable
{
    // More runs than evidence may name.
    internal const int Most = MessageLedger.MostRuns + 10;

    private const int Recent = 4;

    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _numbers = [];

    // The next text is mostly one of the last ones.
    private readonly (byte[] Text, int Number)[] _recent = new (byte[], int)[Recent];
    private int _next;

    internal int Count => _texts.Count;

    internal string this[int number] => _texts[number];

    /// <summary>The number of a text; null if the table is full.</summary>
    internal int? Find(ReadOnlySpan<byte> text)
    {
        foreach (var (known, number) in _recent)
        {
            if (known is not null && text.SequenceEqual(known))
            {
                return number;
            }
        }

        var wanted = Encoding.ASCII.GetString(text);
        if (!_numbers.TryGetValue(wanted, out var found))
        {
            if (_texts.Count == Most)
            {
                return null;
            }

            found = _texts.Count;
            _texts.Add(wanted);
            _numbers.Add(wanted, found);
        }

        _recent[_next++ % Recent] = (text.ToArray(), found);
        return found;
    }
}
