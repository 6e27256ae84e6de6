using ClusterTest.Cli.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>Tells a demo line by line: what users would see of both programs, with the time, less the messages that nobody wants to read.</summary>
internal sealed class DemoStory(TextWriter writer)
{
    private const int MessagesShown = 3;

    private readonly Lock _lock = new();
    private int _messagesToShow = MessagesShown;

    /// <summary>A line of the teller's own.</summary>
    internal void Say(string line)
    {
        lock (_lock)
        {
            writer.WriteLine(line);
        }
    }

    /// <summary>What goes on between the lines shown.</summary>
    internal void SayMeanwhile(string line) => Say($"               ... {line}");

    /// <summary>A command, as somebody would type it.</summary>
    internal void ShowCommand(string command) => Say($"{Environment.NewLine}$ {command}");

    /// <summary>An event of the consumer. After each change of its connection the next few messages are shown.</summary>
    internal void Consumer(ResultEvent written)
    {
        lock (_lock)
        {
            switch (written)
            {
                case ReceivedEvent when _messagesToShow > 0:
                    Write(written, "consumer", written.ToText()!);
                    _messagesToShow--;
                    break;
                case ReceivedEvent:
                    break;
                case ReadyEvent:
                    _messagesToShow = MessagesShown;
                    Write(written, "consumer", written.ToText()!);
                    break;
                default:
                    Session(written, "consumer");
                    break;
            }
        }
    }

    /// <summary>An event of the producer.</summary>
    internal void Producer(ResultEvent written)
    {
        lock (_lock)
        {
            Session(written, "producer");
        }
    }

    private void Session(ResultEvent written, string who)
    {
        switch (written)
        {
            case LostConnectionEvent lost:
                Write(written, who, $"Lost its connection: {lost.Detail}");
                break;
            case RecoveredEvent recovered:
                Write(written, who, $"Recovered after {recovered.OutageMilliseconds:0} ms, at attempt {recovered.Attempts}");
                break;
            case FatalEvent fatal:
                Write(written, who, $"Gave up: {fatal.Detail}");
                break;
            default:
                break;
        }
    }

    // 2026-11-22T16:40:33.123456Z
    private void Write(ResultEvent written, string who, string text) => writer.WriteLine($"{written.Timestamp[11..23]}Z  {who}  {text}");
}
