using ClusterTest.Verdicts.Reports.Charts;
using Xunit;

namespace ClusterTest.Verdicts.Tests.Reports;

public sealed class ChartTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly string[] Labels = ["1 kill rabbit1", "1"];

    [Fact]
    public void Steps_are_summed_up_into_bins_and_none_is_left_out()
    {
        var bins = TimelineBin.Of(new Timeline(SampleReports.Start, Second, [1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1]), most: 3);

        Assert.Equal([6, 15, 7], bins.Select(bin => bin.Confirmed));
        Assert.Equal([18, 9, 1], bins.Select(bin => bin.Received));
        Assert.Equal([2, 5, 7], bins.Select(bin => bin.ConfirmedRate));
    }

    [Fact]
    public void Confirms_without_deliveries_have_bins_too() =>
        Assert.Equal([1, 1], TimelineBin.Of(new Timeline(SampleReports.Start, Second, [1, 1], []), most: 10).Select(bin => bin.Confirmed));

    [Fact]
    public void A_silence_lasts_from_the_first_empty_step_to_the_next_delivery() =>
        Assert.Equal([new Silence(2 * Second, 4 * Second)], Silence.Of(Received(9, 9, 0, 0, 9, 9)));

    [Fact]
    public void Before_the_first_delivery_and_after_the_last_there_is_no_silence() =>
        Assert.Empty(Silence.Of(Received(0, 0, 9, 9, 0, 0)));

    [Fact]
    public void An_empty_step_in_which_hardly_a_message_was_due_is_no_silence() =>
        Assert.Empty(Silence.Of(Received(1, 0, 1, 1, 0, 0, 1)));

    [Fact]
    public void Faults_that_overlap_are_in_lanes_of_their_own()
    {
        var bars = FaultLanes.Arrange([(0, 10, Labels), (5, 15, Labels), (12, 20, Labels)], seconds: 100, widthOf: _ => 1, most: 4);

        Assert.Equal([0, 1, 0], bars.Select(bar => bar.Lane));
    }

    [Fact]
    public void Labels_get_shorter_when_the_lanes_do_not_suffice_for_long_ones()
    {
        var bars = FaultLanes.Arrange([(0, 10, Labels), (20, 30, Labels)], seconds: 100, widthOf: text => text.Length * 5, most: 1);

        Assert.Equal(["1", "1"], bars.Select(bar => bar.Label));
    }

    [Fact]
    public void Faults_for_which_there_is_no_lane_are_drawn_without_a_label_rather_than_left_out()
    {
        var bars = FaultLanes.Arrange([(0, 10, Labels), (1, 10, Labels), (2, 10, Labels)], seconds: 100, widthOf: _ => 1, most: 2);

        Assert.Equal([(0, ""), (1, ""), (1, "")], bars.Select(bar => (bar.Lane, bar.Label)));
    }

    [Fact]
    public void A_label_near_the_end_begins_earlier_instead_of_leaving_the_chart() =>
        Assert.Equal(80, FaultLanes.Arrange([(95, 99, Labels)], seconds: 100, widthOf: _ => 20, most: 2).Single().LabelStart);

    private static Timeline Received(params int[] counts) => new(SampleReports.Start, Second, counts, counts);
}
