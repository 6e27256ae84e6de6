using System.Collections;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>Copies of AMQP tables. What is no table, list or array of bytes cannot change, or cannot be written at all.</summary>
internal static class HeaderTable
{
    // The client library writes tables by recursion, which a stack bounds: a table that contains itself would end the process.
    private const int Deepest = 100;

    /// <summary>Copies a table with all that is in it.</summary>
    /// <exception cref="ArgumentException">It is nested too deep.</exception>
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
