namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>Short ways to make a <see cref="Failure"/>.</summary>
internal static class NewFailure
{
    public static Failure Fatal(FailureKind kind, ushort? code, string message, string advice) => new()
    {
        Kind = kind,
        Severity = FailureSeverity.Fatal,
        Scope = FailureScope.Connection,
        ReplyCode = code,
        Message = message,
        Advice = advice,
    };

    public static Failure Connection(FailureKind kind, string message, string advice = "") => Of(kind, FailureScope.Connection, null, message, advice);

    public static Failure Channel(FailureKind kind, string message, string advice = "") => Of(kind, FailureScope.Channel, null, message, advice);

    public static Failure Of(FailureKind kind, FailureScope scope, ushort? code, string message, string advice = "") => new()
    {
        Kind = kind,
        Severity = FailureSeverity.Transient,
        Scope = scope,
        ReplyCode = code,
        Message = message,
        Advice = advice,
    };
}
