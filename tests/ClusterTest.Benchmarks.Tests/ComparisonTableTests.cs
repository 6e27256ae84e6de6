using ClusterTest.Benchmarks.Harness;
using Xunit;

namespace ClusterTest.Benchmarks.Tests;

public sealed class ComparisonTableTests
{
    private static readonly ContenderProgram Ours = new("ours", []);
    private static readonly ContenderProgram Other = new("other", []);
    private static readonly ContenderProgram Absent = new("absent", []) { Missing = "Node.js" };

    private static readonly IReadOnlyList<Column<Sample>> Columns =
    [
        new("rate", static sample => sample.Rate, "#,0", HasRatio: true),
        new("memory", static sample => sample.Memory, "0.0"),
    ];

    [Fact]
    public void Gives_medians_and_the_median_of_the_ratios_of_each_round()
    {
        // The medians are equal; but in two of the three rounds the other was twice as fast.
        List<Sample> ours = [new(1000, 1), new(2000, 3), new(4000, 2)];
        List<Sample> other = [new(2000, 1), new(4000, 1), new(1000, 1)];
        Assert.Equal(
            [
                ["contender", "rate", "ratio", "memory"],
                ["ours", "2,000", "1.00", "2.0"],
                ["other", "2,000", "2.00", "1.0"],
            ],
            Build([Ours, Other], (Ours, ours), (Other, other)));
    }

    [Fact]
    public void The_median_of_an_even_number_lies_between_the_middle_ones() =>
        Assert.Equal(["ours", "1,500", "1.00", "1.0"], Build([Ours], (Ours, [new(1000, 1), new(2000, 1)]))[1]);

    [Fact]
    public void Who_is_not_there_says_why_and_has_no_figure() =>
        Assert.Equal(["absent (Node.js)", "–", "–", "–"], Build([Ours, Absent], (Ours, [new(1, 1)]))[2]);

    [Fact]
    public void What_a_contender_does_not_tell_is_no_zero() =>
        Assert.Equal(["other", "5", "0.50", "–"], Build([Ours, Other], (Ours, [new(10, 1)]), (Other, [new(5, null)]))[2]);

    [Fact]
    public void Without_its_reference_a_table_has_no_ratios() =>
        Assert.Equal(["other", "5", "–", "1.0"], Build([Absent, Other], (Other, [new(5, 1)]))[2]);

    private static IReadOnlyList<IReadOnlyList<string>> Build(
        IReadOnlyList<ContenderProgram> contenders, params (ContenderProgram Who, List<Sample> What)[] samples) =>
        ComparisonTable.Build(contenders, samples.ToDictionary(static entry => entry.Who, static entry => entry.What), contenders[0], Columns);

    private sealed record Sample(double Rate, double? Memory);
}
