using System.CommandLine;
using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed class OptionParsingTests
{
    private static readonly Option<double?> Rate = OptionParsing.Number("--rate", "", 0.001, 1_000_000, "a number of messages a second");
    private static readonly Option<long?> Count = OptionParsing.Number("--count", "", 1, long.MaxValue, "a number of messages");
    private static readonly Option<TimeSpan?> Time = OptionParsing.Duration("--time", "");
    private static readonly RootCommand Command = new() { Rate, Count, Time };

    [Theory]
    [InlineData("--rate abc", "--rate: 'abc' is not a number of messages a second; allowed is 0.001 to 1000000.")]
    [InlineData("--rate 0", "--rate: '0' is not a number of messages a second; allowed is 0.001 to 1000000.")]
    [InlineData("--rate NaN", "--rate: 'NaN' is not a number of messages a second; allowed is 0.001 to 1000000.")]
    [InlineData("--rate 1,5", "--rate: '1,5' is not a number of messages a second; allowed is 0.001 to 1000000.")]
    [InlineData("--rate Infinity", "--rate: 'Infinity' is not a number of messages a second; allowed is 0.001 to 1000000.")]
    [InlineData("--count -1", "--count: '-1' is not a number of messages; allowed is at least 1.")]
    [InlineData("--count 0", "--count: '0' is not a number of messages; allowed is at least 1.")]
    [InlineData("--count 1.5", "--count: '1.5' is not a number of messages; allowed is at least 1.")]
    [InlineData("--count 99999999999999999999", "--count: '99999999999999999999' is not a number of messages; allowed is at least 1.")]
    [InlineData("--time 3", "--time: '3' is not a duration of at least 1ms; write it like 500ms, 3s or 10m.")]
    [InlineData("--time", "Required argument missing for option: '--time'.")]
    [InlineData("--count 1 --count 2", "Option '--count' expects a single argument but 2 were provided.")]
    public void Says_what_was_wrong_and_what_is_allowed(string line, string error) =>
        Assert.Equal(error, Assert.Single(Command.Parse(line).Errors).Message);

    [Fact]
    public void Reads_numbers_and_durations()
    {
        var parsed = Command.Parse("--rate 2.5 --count 9223372036854775807 --time 1m");
        Assert.Empty(parsed.Errors);
        Assert.Equal((2.5, long.MaxValue, TimeSpan.FromMinutes(1)), (parsed.GetValue(Rate), parsed.GetValue(Count), parsed.GetValue(Time)));
    }

    [Fact]
    public void Leaves_out_what_was_not_written()
    {
        var parsed = Command.Parse("");
        Assert.Equal((null, null, null), (parsed.GetValue(Rate), parsed.GetValue(Count), parsed.GetValue(Time)));
    }
}
