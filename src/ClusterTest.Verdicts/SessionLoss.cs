namespace ClusterTest.Verdicts;

/// <summary>A session lost its connection or channel.</summary>
internal sealed class SessionLoss(DateTime at)
{
    internal DateTime At => at;

    /// <summary>Gets or sets the last sign of life between the loss before and this loss; null if there was none.</summary>
    internal DateTime? LastSign { get; set; }

    /// <summary>Gets or sets when the session was ready again; null if it never was.</summary>
    internal DateTime? Ready { get; set; }

    /// <summary>Gets or sets the time until the session's connection was open.</summary>
    internal TimeSpan? Reconnect { get; set; }

    /// <summary>The last sign of life that a fault can have ended.</summary>
    internal DateTime LastSignSince(DateTime injected) => LastSign > injected ? LastSign.Value : injected;
}
