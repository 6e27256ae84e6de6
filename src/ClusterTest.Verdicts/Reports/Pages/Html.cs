using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>A piece of a page. A text becomes a piece only by being encoded: a template encodes each value in it that is not a piece already.</summary>
internal sealed class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Nothing.</summary>
    public static Html Empty { get; } = new("");

    /// <summary>
    /// Makes a piece from a template: <c>Html.Of($"&lt;td&gt;{text}&lt;/td&gt;")</c>. The template's holes may stand in content and in quoted attributes.
    /// </summary>
    public static Html Of(HtmlTemplate template) => new(template.ToMarkup());

    /// <summary>Joins pieces, a line each.</summary>
    public static Html Lines(IEnumerable<Html> pieces) => new(string.Join('\n', pieces.Select(piece => piece._markup)));

    /// <summary>Takes markup that this program made itself, such as a drawing that an XML writer encoded.</summary>
    public static Html Trusted(string markup) => new(markup);

    /// <inheritdoc/>
    public override string ToString() => _markup;

    /// <summary>Encodes text.</summary>
    internal static string Encode(string text) => Encoder.Encode(SafeText.Of(text));
}
