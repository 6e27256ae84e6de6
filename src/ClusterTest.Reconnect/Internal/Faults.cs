namespace ClusterTest.Reconnect.Internal;

/// <summary>Short ways to make a <see cref="Fault"/>.</summary>
internal static class Faults
{
    public static Fault Fatal(FaultKind kind, ushort? code, string message, string advice) => new()
    {
        Kind = kind,
        Verdict = FaultVerdict.Fatal,
        Scope = FaultScope.Connection,
        ReplyCode = code,
        Message = message,
        Advice = advice,
    };

    public static Fault Connection(FaultKind kind, string message, string advice = "") => Of(kind, FaultScope.Connection, null, message, advice);

    public static Fault Channel(FaultKind kind, string message, string advice = "") => Of(kind, FaultScope.Channel, null, message, advice);

    public static Fault Of(FaultKind kind, FaultScope scope, ushort? code, string message, string advice = "") => new()
    {
        Kind = kind,
        Verdict = FaultVerdict.Transient,
        Scope = scope,
        ReplyCode = code,
        Message = message,
        Advice = advice,
    };
}
