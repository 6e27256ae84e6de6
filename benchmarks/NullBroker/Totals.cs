namespace NullAmqp;

/// <summary>How many messages all connections together had confirmed, were delivered, and have acked, nacked or rejected.</summary>
internal readonly record struct Totals(long Confirmed, long Delivered, long Settled);
