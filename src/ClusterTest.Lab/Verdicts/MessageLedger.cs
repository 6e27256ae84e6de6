using ClusterTest.Cli.Events;

namespace ClusterTest.Lab.Verdicts;

/// <summary>Accounts for every message by its run and number, in about four bytes a message.</summary>
public sealed class MessageLedger
{
    /// <summary>Messages that the broker confirmed.</summary>
    public long Confirmed { get; private set; }

    /// <summary>Different messages received.</summary>
    public long Received { get; private set; }

    /// <summary>Confirmed, and not received yet.</summary>
    public long Outstanding { get; private set; }

    /// <summary>Enters an event; those that concern no message are passed over.</summary>
    public void Add(ResultEvent written) => throw new NotImplementedException();
}
