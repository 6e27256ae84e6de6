namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>Makes texts from the peer fit for a log line.</summary>
internal static class PeerText
{
    private const int Longest = 300;

    /// <summary>Gives the text as one line of limited length, without control characters and without a full stop at its end.</summary>
    public static string Line(string text)
    {
        var line = string.Create(Math.Min(text.Length, Longest), text, static (target, from) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }
        });
        return line.TrimEnd(' ', '.');
    }
}
