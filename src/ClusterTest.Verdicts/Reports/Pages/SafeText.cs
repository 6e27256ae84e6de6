using System.Text;
using System.Xml;
using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>Text that every page and drawing may have: strangers wrote some of it.</summary>
internal static class SafeText
{
    /// <summary>Gives the text as one line; halves of characters, and what XML cannot have, become U+FFFD.</summary>
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
