namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>Texts that come from the peer, made fit for a line of log.</summary>
internal static class PeerText
{
    private const int Longest = 300;

    /// <summary>Makes it one line, without control characters, bounded, and without a full stop at its end.</summary>
    public static string Line(string text)
    {
        var line = string.Create(Math.Min(text.Length, Longest), text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
        return line.TrimEnd(' ', '.');
    }
}
