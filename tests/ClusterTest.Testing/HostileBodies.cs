using System.Text;

namespace ClusterTest.Testing;

/// <summary>Bodies and texts that a stranger may have put into a message.</summary>
public static class HostileBodies
{
    private const int Deep = 100_000;
    private const string Valid = """{"content":"Cluster Test!","time":1301531152.25}""";

    private static readonly byte[][] Known =
    [
        [],
        [0],
        [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Valid)],
        [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Valid)],
        [.. Encoding.UTF8.GetBytes(Valid), 0],
        [.. "{\"content\":\""u8, 0xc3, 0x28, .. "\",\"time\":1}"u8],
        [.. "{\"content\":\""u8, 0xed, 0xa0, 0x80, .. "\",\"time\":1}"u8],
        [.. "{\"content\":\""u8, 0x1b, .. "[2J\",\"time\":1}"u8],
        .. Texts().Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Gives one of them: known trouble, valid JSON gone wrong, or noise.</summary>
    public static byte[] Next(Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                return Known[random.Next(Known.Length)];
            case 1:
                var valid = Encoding.UTF8.GetBytes(Valid).ToList();
                for (var changes = random.Next(1, 6); changes > 0; changes--)
                {
                    var at = random.Next(valid.Count);
                    switch (random.Next(3))
                    {
                        case 0:
                            valid[at] = (byte)random.Next(256);
                            break;
                        case 1:
                            valid.RemoveAt(at);
                            break;
                        default:
                            valid.InsertRange(at, valid.GetRange(at, random.Next(valid.Count - at)));
                            break;
                    }
                }

                return [.. valid];
            default:
                var noise = new byte[random.Next(200)];
                random.NextBytes(noise);
                return noise;
        }
    }

    private static IEnumerable<string> Times =>
        ["1e400", "-1e400", new('9', 400), "-0", "-0.0", "NaN", "Infinity", "1e-400", "0x1", "01", "1e12", "1e13", "\"1\"", "null", "[]"];

    private static IEnumerable<string> Contents =>
    [
        "\"\\ud800\"", "\"\\udc00\\ud800\"",
        "\"\\u0000\"", "\"\\u001b[2J\\u009b\\u0007\\r\\n\"", "\"\\u2028\\u2029\\u0085\"", "\"\\u202e\"",
        "1", "null", "{}", "true",
    ];

    private static IEnumerable<string> Texts() =>
    [
        Valid,
        new('[', Deep),
        string.Concat(Enumerable.Repeat("""{"content":""", Deep)),
        $$"""{"content":"x","time":1,"more":{{new string('[', Deep)}}{{new string(']', Deep)}}}""",
        .. Times.Select(static time => $$"""{"content":"x","time":{{time}}}"""),
        .. Contents.Select(static content => $$"""{"content":{{content}},"time":1}"""),
        """{"content":"a","content":"b","time":1,"time":2}""",
        """{"CONTENT":"a","TIME":1}""",
        """{"content":"x","time":1}{"content":"x","time":1}""",
        """{"\u001b[2J":{bad""",
        $$"""{"{{new string('k', Deep)}}":{bad""",
        $$"""{"content":"{{new string('x', Deep)}}","time":1}""",
    ];
}
