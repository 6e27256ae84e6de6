using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Events;

namespace ClusterTest.Producer;

/// <summary>The options about the number, rate and content of the messages.</summary>
internal sealed class StreamOptions
{
    private const int LargestSize = 128 * 1024 * 1024;

    private readonly Option<long?> _count = OptionParsing.Number(
        "--count", "Send this many messages. [default: 1; no limit with --rate, --time or --stdin]", 1, long.MaxValue, "a number of messages");

    private readonly Option<double?> _rate = OptionParsing.Number(
        "--rate", "Messages a second. [default: as fast as they are confirmed]", 0.001, 1_000_000, "a number of messages a second");

    private readonly Option<TimeSpan?> _time = OptionParsing.Duration("--time", "Send for this long. [default: no limit]");
    private readonly Option<int?> _size = OptionParsing.Number("--size", "Fill each message up to this many bytes.", 1, LargestSize, "a number of bytes");
    private readonly Option<string?> _content = new("--content") { Description = $"Text to send. [default: {TestMessage.DefaultContent}]", HelpName = "TEXT" };
    private readonly Option<bool> _stdin = new("--stdin") { Description = "Send each line of standard input as a message." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _count, _rate, _time, _size, _content, _stdin })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_stdin) is not null && result.GetResult(_content) is not null)
            {
                result.AddError("Give either --stdin or --content, not both.");
            }
        });
    }

    public StreamPlan Bind(ParseResult parsed)
    {
        var isUnlimited = parsed.GetValue(_rate) is not null || parsed.GetValue(_time) is not null || parsed.GetValue(_stdin);
        return new StreamPlan(
            parsed.GetValue(_count) ?? (isUnlimited ? long.MaxValue : 1),
            parsed.GetValue(_rate),
            parsed.GetValue(_time) ?? Timeout.InfiniteTimeSpan,
            parsed.GetValue(_size) ?? 0,
            parsed.GetValue(_content) ?? TestMessage.DefaultContent,
            parsed.GetValue(_stdin));
    }
}
