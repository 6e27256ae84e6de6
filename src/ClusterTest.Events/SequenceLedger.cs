using System.Collections;

namespace ClusterTest.Events;

/// <summary>Counts the received messages by run and sequence number. It stores one bit for each message.</summary>
public sealed class SequenceLedger
{
    private const int PageSize = 1 << 12;

    // 128 MiB, enough for a billion messages in a row. Strangers may send any run and number: beyond this limit messages are counted and not stored.
    private const int MostPages = 1 << 18;

    private readonly Dictionary<(string Run, long Page), BitArray> _pages = [];
    private readonly Dictionary<string, long> _highest = [];

    /// <summary>Gets the number of different messages. A message without run or number counts as different from all others.</summary>
    public long Distinct { get; private set; }

    /// <summary>Gets the number of messages that had been received before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Gets the number of messages that were received for the first time after a later message of their run.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Counts a message.</summary>
    /// <param name="run">The id of the message's run, if it has one.</param>
    /// <param name="sequence">The message's number in the run, from 1, if it has one.</param>
    public void Add(string? run, long? sequence)
    {
        if (run is null || sequence is not > 0)
        {
            Distinct++;
            return;
        }

        var (page, bit) = Math.DivRem(sequence.Value, PageSize);
        if (!_pages.TryGetValue((run, page), out var received))
        {
            if (_pages.Count == MostPages)
            {
                Distinct++;
                return;
            }

            received = new BitArray(PageSize);
            _pages.Add((run, page), received);
        }

        if (received[(int)bit])
        {
            Duplicates++;
            return;
        }

        received[(int)bit] = true;
        Distinct++;
        var highest = _highest.GetValueOrDefault(run);
        if (sequence < highest)
        {
            OutOfOrder++;
        }
        else
        {
            _highest[run] = sequence.Value;
        }
    }
}
