namespace ClusterTest.Verdicts;

/// <summary>A session lost its connection or channel.</summary>
internal sealed class SessionLoss(DateTime at)
{
    internal DateTime At => at;

    /// <summary>Gets or sets the last sign of life since the loss before, not later than this one; null if there was none.</summary>
    internal DateTime? LastSign { get; set; }

    /// <summary>Gets or sets when it was ready again; null if it never was.</summary>
    internal DateTime? Ready { get; set; }

    /// <summary>Gets or sets the time until its connection was open.</summary>
    internal TimeSpan? Reconnect { get; set; }

    /// <summary>The last sign of life that a fault can have ended.</summary>
    internal DateTime LastSignSince(DateTime injected) => LastSign > injected ? LastSign.Value : injected;
}
