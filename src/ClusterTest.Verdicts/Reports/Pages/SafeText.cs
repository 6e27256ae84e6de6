using System.Text;
using System.Xml;
using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>Makes text safe for pages and drawings, since strangers wrote some of it.</summary>
internal static class SafeText
{
    /// <summary>Gives the text as one line. Halves of characters, and characters that XML cannot have, become U+FFFD.</summary>
    public static string Of(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in Printable.Line(text).EnumerateRunes())
        {
            _ = safe.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune);
        }

        return safe.ToString();
    }
}
