using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>Collects an interpolated string for <see cref="Html.Of"/>: its own text is markup, each hole is a value and is encoded.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlTemplate(int literalLength, int formattedCount)
{
    private const int TypicalHole = 16;

    private readonly StringBuilder _markup = new(literalLength + (formattedCount * TypicalHole));

    public void AppendLiteral(string markup) => _ = _markup.Append(markup);

    public void AppendFormatted(Html piece) => _ = _markup.Append(piece);

    public void AppendFormatted(IEnumerable<Html> pieces) => _ = _markup.Append(Html.Lines(pieces));

    public void AppendFormatted(string? text) => _ = _markup.Append(Html.Encode(text ?? ""));

    public void AppendFormatted(int number) => _ = _markup.Append(number.ToString(CultureInfo.InvariantCulture));

    internal string ToMarkup() => _markup.ToString();
}
