namespace ClusterTest.Cli;

/// <summary>Makes text that strangers wrote, in a message or as a broker's reply, safe to show: it cannot steer the terminal.</summary>
public static class Printable
{
    private const char LineSeparator = '\u2028';
    private const char ParagraphSeparator = '\u2029';

    /// <summary>Gives the text as one line: a space stands for each control character and each line's end.</summary>
    public static string Line(string text) => Replace(text, static character => char.IsControl(character));

    /// <summary>Gives the text with its lines and tabs: a space stands for every other control character.</summary>
    public static string Lines(string text) => Replace(text, static character => char.IsControl(character) && character is not ('\n' or '\t'));

    private static string Replace(string text, Func<char, bool> isUnsafe)
    {
        return text.Any(IsReplaced) ? string.Concat(text.Select(character => IsReplaced(character) ? ' ' : character)) : text;

        bool IsReplaced(char character) => isUnsafe(character) || character is LineSeparator or ParagraphSeparator;
    }
}
