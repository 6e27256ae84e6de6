using ClusterTest.Benchmarks.Harness;
using Xunit;

namespace ClusterTest.Benchmarks.Tests;

public sealed class RoundsTests
{
    private static readonly ContenderProgram A = new("a", []);
    private static readonly ContenderProgram B = new("b", []);
    private static readonly ContenderProgram Absent = new("absent", []) { Missing = "Node.js" };

    [Fact]
    public async Task Each_round_measures_everyone_who_is_there_and_begins_with_another_one()
    {
        var order = new List<string>();
        var samples = await Rounds.RunAsync(
            [A, Absent, B],
            3,
            contender =>
            {
                order.Add(contender.Name);
                return Task.FromResult(order.Count);
            },
            static sample => $"{sample}");
        Assert.Equal(["a", "b", "b", "a", "a", "b"], order);
        Assert.Equal([1, 4, 5], samples[A]);
        Assert.Equal([2, 3, 6], samples[B]);
        Assert.Equal(2, samples.Count);
    }
}
