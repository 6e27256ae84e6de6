using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// All log messages. Event ids: 1 to 19 sessions, 20 to 39 consumer, 40 to 59 producer, 60 to 79 clean-up, 80 to 99 notices
/// (<see cref="Notices"/>).
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Session {Session}: {From} -> {To} at {Endpoint}{Cause}")]
    public static partial void StateChanged(ILogger logger, int session, SessionState from, SessionState to, ClusterEndpoint endpoint, string cause);

    [LoggerMessage(2, LogLevel.Warning, "Session {Session}: attempt {Attempt} at {Endpoint} failed: {Message}; the next attempt is in {DelayMs:0} ms")]
    public static partial void AttemptFailed(
        ILogger logger, Exception exception, int session, int attempt, ClusterEndpoint endpoint, string message, double delayMs);

    [LoggerMessage(3, LogLevel.Error, "Session {Session}: the session ends: {Message}")]
    public static partial void SessionFailed(ILogger logger, Exception exception, int session, string message);

    [LoggerMessage(4, LogLevel.Error, "The observer of session events (OnSessionEvent) threw an exception, which is ignored")]
    public static partial void ObserverFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        5,
        LogLevel.Information,
        "The broker has not answered the binding of queue {Queue} yet; it confirmed the binding before, so the session goes on")]
    public static partial void BindingPending(ILogger logger, string queue);

    [LoggerMessage(6, LogLevel.Debug, "Session {Session}: connected to {Endpoint} in {Milliseconds:0.0} ms")]
    public static partial void Connected(ILogger logger, int session, ClusterEndpoint endpoint, double milliseconds);

    [LoggerMessage(7, LogLevel.Debug, "Session {Session}: declared and started in {Milliseconds:0.0} ms")]
    public static partial void Started(ILogger logger, int session, double milliseconds);

    [LoggerMessage(8, LogLevel.Error, "Session {Session}: {What} took longer than {Seconds:0.#} s; the session stops waiting and recovers")]
    public static partial void StoodStill(ILogger logger, int session, string what, double seconds);

    [LoggerMessage(9, LogLevel.Error, "Session {Session}: the session failed to drain its messages at the stop, and closes without them")]
    public static partial void DrainFailed(ILogger logger, Exception exception, int session);

    [LoggerMessage(20, LogLevel.Error, "Session {Session}: the handler threw an exception; message {MessageId} is parked")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, int session, string messageId);

    [LoggerMessage(21, LogLevel.Warning, "Session {Session}: message {MessageId} was parked in queue {Queue}: {Reason}")]
    public static partial void Parked(ILogger logger, int session, string messageId, string queue, string reason);

    [LoggerMessage(
        22,
        LogLevel.Debug,
        "Session {Session}: the ack or nack of delivery {DeliveryTag} was dropped, since its channel is gone; the broker delivers the message again")]
    public static partial void StaleSettlement(ILogger logger, int session, ulong deliveryTag);

    [LoggerMessage(
        23,
        LogLevel.Warning,
        "Session {Session}: message {MessageId}, and perhaps others, came back unacknowledged {Count} times; at {Limit} times a message is parked")]
    public static partial void CameBackOften(ILogger logger, int session, string messageId, long count, int limit);

    [LoggerMessage(24, LogLevel.Error, "The observer of parked messages (OnParked or OnNotParked) threw an exception, which is ignored")]
    public static partial void ParkedObserverFailed(ILogger logger, Exception exception);

    [LoggerMessage(25, LogLevel.Debug, "Session {Session}: a check of the queue or its binding brought no conclusive answer; the session checks again later")]
    public static partial void CheckFailed(ILogger logger, Exception exception, int session);

    [LoggerMessage(26, LogLevel.Error, "{Message}. {Advice} The consumer finishes the other messages that it was given, and ends")]
    public static partial void ParkingRefused(ILogger logger, string message, string advice);

    [LoggerMessage(
        27,
        LogLevel.Warning,
        "Session {Session}: {Count} messages wait to be parked in {Queue}, as many as the prefetch or its bytes allow; "
        + "the session receives nothing more until one of them is parked")]
    public static partial void AllWaitForParking(ILogger logger, int session, int count, string queue);

    [LoggerMessage(
        28,
        LogLevel.Warning,
        "Session {Session}: message {MessageId} is parked without its headers {Cut}, since with the headers of parking they do not fit into a frame")]
    public static partial void ParkedWithoutHeaders(ILogger logger, int session, string messageId, string cut);

    [LoggerMessage(29, LogLevel.Error, "Session {Session}: message {MessageId} stays in its queue: {Message}. {Advice}")]
    public static partial void NotParked(ILogger logger, int session, string messageId, string message, string advice);

    [LoggerMessage(30, LogLevel.Warning, "Messages wait to be parked: {Message} The next try is in {Seconds:0} s")]
    public static partial void ParkingInterrupted(ILogger logger, Exception exception, string message, double seconds);

    [LoggerMessage(
        31,
        LogLevel.Debug,
        "Session {Session}: messages that the handler has not seen go back with the close of the channel, since the broker did not answer before it")]
    public static partial void GiveBackFailed(ILogger logger, Exception exception, int session);

    [LoggerMessage(32, LogLevel.Information, "Session {Session}: the handler stopped when it was asked to; message {MessageId} goes back into its queue")]
    public static partial void HandlerStopped(ILogger logger, int session, string messageId);

    [LoggerMessage(
        40,
        LogLevel.Warning,
        "Session {Session}: the broker returned message {MessageId} ({ReplyCode} {ReplyText}): no queue took it; "
        + "it is published again once the topology is redeclared")]
    public static partial void Returned(ILogger logger, int session, string messageId, ushort replyCode, string replyText);

    [LoggerMessage(
        41,
        LogLevel.Information,
        "Session {Session}: {Count} messages were unconfirmed when their channel ended; they are published again, in order")]
    public static partial void Requeued(ILogger logger, int session, int count);

    [LoggerMessage(
        44,
        LogLevel.Warning,
        "Session {Session}: the broker refuses messages (basic.nack); they are published again until their deadline. "
        + "If this lasts, the queue is full or has lost its majority of nodes")]
    public static partial void Nacked(ILogger logger, int session);

    [LoggerMessage(
        42,
        LogLevel.Warning,
        "The broker takes no messages for now: {Reason}. Free the memory or disk space that it lacks (rabbitmq-diagnostics alarms); "
        + "publishing then goes on by itself")]
    public static partial void Blocked(ILogger logger, string reason);

    [LoggerMessage(43, LogLevel.Information, "The broker takes messages again")]
    public static partial void Unblocked(ILogger logger);

    [LoggerMessage(
        45,
        LogLevel.Debug,
        "Session {Session}: the session asked whether the queue still exists, and got no conclusive answer; it asks again later")]
    public static partial void ConfirmCheckFailed(ILogger logger, Exception exception, int session);

    [LoggerMessage(60, LogLevel.Debug, "Cleaning up a lost connection or channel failed; recovery does not depend on it")]
    public static partial void CleanUpFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        80,
        LogLevel.Warning,
        "The name service has not resolved {Host} within {Seconds:0.#} s. If this lasts, query each of its servers "
        + "(on Linux those in /etc/resolv.conf), and remove the servers that do not answer")]
    public static partial void SlowLookUp(ILogger logger, string host, double seconds);

    [LoggerMessage(81, LogLevel.Warning, "Messages wait to be parked: there is no queue {Queue}. {Advice}")]
    public static partial void NoParkedQueue(ILogger logger, string queue, string advice);
}
