using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal;

/// <summary>All log messages. Event ids: 1 to 19 sessions, 20 to 39 consumer, 40 to 59 producer, 60 to 79 clean-up, 80 to 99 notices.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Session {Session}: {From} -> {To} at {Endpoint}{Cause}")]
    public static partial void StateChanged(ILogger logger, int session, SessionState from, SessionState to, ClusterEndpoint endpoint, string cause);

    [LoggerMessage(2, LogLevel.Warning, "Session {Session}: attempt {Attempt} at {Endpoint} failed: {Message}; next in {DelayMs:0} ms")]
    public static partial void AttemptFailed(ILogger logger, Exception exception, int session, int attempt, ClusterEndpoint endpoint, string message, double delayMs);

    [LoggerMessage(3, LogLevel.Error, "Session {Session}: ends: {Message}")]
    public static partial void SessionFailed(ILogger logger, Exception exception, int session, string message);

    [LoggerMessage(4, LogLevel.Error, "The observer of session events threw")]
    public static partial void ObserverFailed(ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Information, "The binding of {Queue} is declared but not answered yet; it was confirmed before, so work goes on")]
    public static partial void BindingPending(ILogger logger, string queue);

    [LoggerMessage(6, LogLevel.Debug, "Session {Session}: connected to {Endpoint} in {Milliseconds:0.0} ms")]
    public static partial void Connected(ILogger logger, int session, ClusterEndpoint endpoint, double milliseconds);

    [LoggerMessage(7, LogLevel.Debug, "Session {Session}: declared and started in {Milliseconds:0.0} ms")]
    public static partial void Started(ILogger logger, int session, double milliseconds);

    [LoggerMessage(8, LogLevel.Error, "Session {Session}: {What} stood still for {Seconds:0.#} s; the session leaves it behind and recovers")]
    public static partial void StoodStill(ILogger logger, int session, string what, double seconds);

    [LoggerMessage(9, LogLevel.Error, "Session {Session}: what was under way at the stop could not be drained; the session closes without it")]
    public static partial void DrainFailed(ILogger logger, Exception exception, int session);

    [LoggerMessage(20, LogLevel.Error, "Session {Session}: the handler threw; message {MessageId} is parked")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, int session, string messageId);

    [LoggerMessage(21, LogLevel.Warning, "Session {Session}: message {MessageId} parked in {Queue}: {Reason}")]
    public static partial void Parked(ILogger logger, int session, string messageId, string queue, string reason);

    [LoggerMessage(22, LogLevel.Debug, "Session {Session}: dropped the stale settlement of delivery {DeliveryTag}")]
    public static partial void StaleSettlement(ILogger logger, int session, ulong deliveryTag);

    [LoggerMessage(23, LogLevel.Warning, "Session {Session}: message {MessageId}, and maybe others, came back unacknowledged {Count} times; at {Limit} it is parked")]
    public static partial void CameBackOften(ILogger logger, int session, string messageId, long count, int limit);

    [LoggerMessage(24, LogLevel.Error, "The observer of parked messages threw")]
    public static partial void ParkedObserverFailed(ILogger logger, Exception exception);

    [LoggerMessage(25, LogLevel.Debug, "Session {Session}: asked whether it still consumes, the broker gave no answer that tells")]
    public static partial void CheckFailed(ILogger logger, Exception exception, int session);

    [LoggerMessage(26, LogLevel.Error, "{Message}. {Advice} The consumer has the other messages handled that it was given, and ends")]
    public static partial void ParkingRefused(ILogger logger, string message, string advice);

    [LoggerMessage(27, LogLevel.Warning, "Session {Session}: {Count} messages wait to be parked in {Queue}, as many as the prefetch or its bytes allow; until one is parked, nothing more comes")]
    public static partial void AllWaitForParking(ILogger logger, int session, int count, string queue);

    [LoggerMessage(28, LogLevel.Warning, "Session {Session}: message {MessageId} is parked without its headers {Cut}: with ours they do not fit a frame")]
    public static partial void ParkedWithoutHeaders(ILogger logger, int session, string messageId, string cut);

    [LoggerMessage(29, LogLevel.Error, "Session {Session}: message {MessageId} stays in its queue: {Message}. {Advice}")]
    public static partial void NotParked(ILogger logger, int session, string messageId, string message, string advice);

    [LoggerMessage(30, LogLevel.Warning, "Messages that are to be parked wait: {Message} Next try in {Seconds:0} s")]
    public static partial void ParkingInterrupted(ILogger logger, Exception exception, string message, double seconds);

    [LoggerMessage(31, LogLevel.Debug, "Session {Session}: what the handler has not seen is given back with the channel's end, since the broker did not answer before")]
    public static partial void GiveBackFailed(ILogger logger, Exception exception, int session);

    [LoggerMessage(32, LogLevel.Information, "Session {Session}: the handler stopped as it was asked to; message {MessageId} goes back into its queue")]
    public static partial void HandlerStopped(ILogger logger, int session, string messageId);

    [LoggerMessage(40, LogLevel.Warning, "Session {Session}: message {MessageId} returned ({ReplyCode} {ReplyText}); it is published again once the topology is redeclared")]
    public static partial void Returned(ILogger logger, int session, string messageId, ushort replyCode, string replyText);

    [LoggerMessage(41, LogLevel.Information, "Session {Session}: {Count} unconfirmed messages go back, to be published again in order")]
    public static partial void Requeued(ILogger logger, int session, int count);

    [LoggerMessage(44, LogLevel.Warning, "Session {Session}: the broker refuses messages (basic.nack); they are published again until their deadline. If this stays, the queue is full or has lost its majority of nodes")]
    public static partial void Nacked(ILogger logger, int session);

    [LoggerMessage(42, LogLevel.Warning, "The broker takes no messages for now: {Reason}. Free what it is short of (rabbitmq-diagnostics alarms); publishing then goes on by itself")]
    public static partial void Blocked(ILogger logger, string reason);

    [LoggerMessage(43, LogLevel.Information, "The broker takes messages again")]
    public static partial void Unblocked(ILogger logger);

    [LoggerMessage(45, LogLevel.Debug, "Session {Session}: asked whether the queue is still there, the broker gave no answer that tells")]
    public static partial void ConfirmCheckFailed(ILogger logger, Exception exception, int session);

    [LoggerMessage(60, LogLevel.Debug, "Closing a lost connection failed")]
    public static partial void CleanUpFailed(ILogger logger, Exception exception);

    [LoggerMessage(80, LogLevel.Warning, "The name service has not told for {Seconds:0.#} s where {Host} is. If this stays, ask each of its servers (on Linux those in /etc/resolv.conf), and take out those that are silent")]
    public static partial void SlowLookUp(ILogger logger, string host, double seconds);

    [LoggerMessage(81, LogLevel.Warning, "Messages that are to be parked wait: there is no queue {Queue}. {Advice}")]
    public static partial void NoParkedQueue(ILogger logger, string queue, string advice);
}
