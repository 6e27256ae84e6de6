using OxyPlot;

namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>
/// Colours of charts. The charts library writes fixed colours, so each of these stands for a variable of the style sheet, which has a value for light and
/// one for dark. <see cref="InlineSvg"/> puts the variables in their place.
/// </summary>
internal static class ChartColor
{
    public static readonly OxyColor Text = Placeholder(1);
    public static readonly OxyColor Grid = Placeholder(2);
    public static readonly OxyColor Received = Placeholder(3);
    public static readonly OxyColor ReceivedArea = Placeholder(4);
    public static readonly OxyColor Confirmed = Placeholder(5);
    public static readonly OxyColor Fault = Placeholder(6);
    public static readonly OxyColor FaultArea = Placeholder(7);
    public static readonly OxyColor Silence = Placeholder(8);
    public static readonly OxyColor SilenceArea = Placeholder(9);

    /// <summary>Each placeholder as the library writes it, and the variable it stands for.</summary>
    public static IReadOnlyList<(string Written, string Variable)> Variables { get; } =
    [
        (Written(Text), "var(--muted)"),
        (Written(Grid), "var(--line)"),
        (Written(Received), "var(--received)"),
        (Written(ReceivedArea), "var(--received-area)"),
        (Written(Confirmed), "var(--confirmed)"),
        (Written(Fault), "var(--fault)"),
        (Written(FaultArea), "var(--fault-area)"),
        (Written(Silence), "var(--silence)"),
        (Written(SilenceArea), "var(--silence-area)"),
    ];

    private static OxyColor Placeholder(byte number) => OxyColor.FromRgb(1, 2, number);

    private static string Written(OxyColor color) => $"rgb({color.R},{color.G},{color.B})";
}
