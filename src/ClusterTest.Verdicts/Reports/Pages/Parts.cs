namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>Parts that several sections are made of.</summary>
internal static class Parts
{
    private const int MainLevel = 2;

    /// <summary>A section with its heading.</summary>
    /// <param name="id">Its anchor, unique on the page.</param>
    /// <param name="level">Level of the heading, 2 to 4.</param>
    /// <param name="title">The heading.</param>
    /// <param name="content">What follows it.</param>
    /// <remarks>Only the page's main sections are landmarks: the sections of several variants have the same names.</remarks>
    public static Html Section(string id, int level, string title, Html content) => Html.Of($"""
        <section{(level == MainLevel ? Html.Of($" aria-labelledby=\"{id}\"") : Html.Empty)}>
        <h{level} id="{id}">{title}</h{level}>
        {content}
        </section>
        """);

    /// <summary>A table that scrolls inside its own frame where the page is too narrow for it.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="head">Its rows of column headers.</param>
    /// <param name="rows">Its other rows.</param>
    /// <param name="style">Class names.</param>
    public static Html Table(string caption, Html head, IEnumerable<Html> rows, string style = "") => Html.Of($"""
        <div class="scroll" role="group" aria-label="{caption}" tabindex="0">
        <table class="{style}">
        <caption>{caption}</caption>
        <thead>
        {head}
        </thead>
        <tbody>
        {rows}
        </tbody>
        </table>
        </div>
        """);

    /// <summary>A header of a column.</summary>
    public static Html Column(string name, bool number = false) =>
        number ? Html.Of($"""<th scope="col" class="number">{name}</th>""") : Html.Of($"""<th scope="col">{name}</th>""");

    /// <summary>A cell with a number.</summary>
    public static Html Number(Html value) => Html.Of($"""<td class="number">{value}</td>""");

    /// <summary>A list of terms and what they mean or are.</summary>
    public static Html Terms(IEnumerable<(string Term, string Meaning)> terms, string style) => Html.Of($"""
        <dl class="{style}">
        {terms.Select(term => Html.Of($"<div><dt>{term.Term}</dt><dd>{term.Meaning}</dd></div>"))}
        </dl>
        """);
}
