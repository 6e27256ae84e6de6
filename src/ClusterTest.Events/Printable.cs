using System.Buffers;

namespace ClusterTest.Events;

/// <summary>Makes text from strangers, such as a message or a broker's reply, safe to show: the result cannot control the terminal.</summary>
public static class Printable
{
    // The control characters (Unicode's category Cc), and the separators of lines and paragraphs.
    private static readonly char[] Unsafe = [.. Enumerable.Range(0, 0xA0).Select(static code => (char)code).Where(char.IsControl), '\u2028', '\u2029'];
    private static readonly SearchValues<char> UnsafeInLine = SearchValues.Create(Unsafe);
    private static readonly SearchValues<char> UnsafeInLines = SearchValues.Create([.. Unsafe.Except(['\n', '\t'])]);

    /// <summary>Gives the text as one line. Spaces replace control characters and line ends.</summary>
    public static string Line(string text) => Replace(text, UnsafeInLine);

    /// <summary>Gives the text with its line feeds and tabs. Spaces replace all other control characters.</summary>
    public static string Lines(string text) => Replace(text, UnsafeInLines);

    private static string Replace(string text, SearchValues<char> characters) => text.AsSpan().ContainsAny(characters)
        ? string.Create(text.Length, (text, characters), static (line, from) =>
        {
            from.text.CopyTo(line);
            line.ReplaceAny(from.characters, ' ');
        })
        : text;
}
