using System.Collections;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>Copies AMQP tables. Values of other types than table, list and byte array are immutable, or cannot be written in AMQP at all.</summary>
internal static class HeaderTable
{
    // The client library writes tables by recursion: a table that contains itself would overflow the stack and end the process.
    private const int Deepest = 100;

    /// <summary>Copies a table with the tables, lists and byte arrays in it.</summary>
    /// <exception cref="ArgumentException">The table is nested too deep.</exception>
    public static Dictionary<string, object?>? Copy(IDictionary<string, object?>? table) => table is null ? null : CopyTable(table, 1);

    private static Dictionary<string, object?> CopyTable(IDictionary<string, object?> table, int depth)
    {
        ThrowIfTooDeep(depth);
        var copy = new Dictionary<string, object?>(table.Count + 1);
        foreach (var (name, value) in table)
        {
            copy[name] = CopyValue(value, depth + 1);
        }

        return copy;
    }

    private static object? CopyValue(object? value, int depth) => value switch
    {
        byte[] bytes => bytes.Clone(),
        BinaryTableValue binary => new BinaryTableValue((byte[])binary.Bytes.Clone()),
        IDictionary<string, object?> table => CopyTable(table, depth),
        IDictionary table => CopyTable(table.Keys.Cast<object>().ToDictionary(static key => key.ToString()!, key => table[key]), depth),
        IList list => CopyList(list, depth),
        _ => value,
    };

    private static List<object?> CopyList(IList list, int depth)
    {
        ThrowIfTooDeep(depth);
        return [.. list.Cast<object?>().Select(value => CopyValue(value, depth + 1))];
    }

    private static void ThrowIfTooDeep(int depth)
    {
        if (depth > Deepest)
        {
            throw new ArgumentException($"The headers are nested more than {Deepest} levels deep.");
        }
    }
}
