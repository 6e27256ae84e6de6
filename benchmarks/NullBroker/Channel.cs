namespace NullAmqp;

/// <summary>What a connection knows of one of its channels.</summary>
internal sealed class Channel(ushort number)
{
    private readonly Lazy<UnackedWindow> _unacked = new(static () => new UnackedWindow(), isThreadSafe: false);

    public ushort Number => number;

    /// <summary>Gets or sets a value indicating whether something happened that may be answered at the end of the block.</summary>
    public bool IsTouched { get; set; }

    public bool Confirms { get; set; }

    /// <summary>Gets or sets the number of messages that were published since confirms were selected.</summary>
    public ulong Published { get; set; }

    /// <summary>Gets or sets how many of them were confirmed.</summary>
    public ulong Confirmed { get; set; }

    /// <summary>Gets or sets how much of the body of the message that is being published is still to come.</summary>
    public ulong BodyLeft { get; set; }

    public ushort Prefetch { get; set; }

    /// <summary>Gets or sets what the channel's consumer is delivered; null: there is no consumer.</summary>
    public DeliveryTemplate? Consumer { get; set; }

    public UnackedWindow Unacked => _unacked.Value;
}
