namespace ClusterTest.Events;

/// <summary>A program started. This is the first line of its output.</summary>
/// <param name="Program">The program's name.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Clock">The id of the clock. Programs with the same id read the same clock, so their timestamps can be compared.</param>
/// <param name="Sessions">The program's number of sessions.</param>
/// <param name="Queue">The queue's name.</param>
/// <param name="QueueType"><c>quorum</c> or <c>classic</c>.</param>
public sealed record StartedEvent(
    string Program,
    string Version,
    string Clock,
    int Sessions,
    string Queue,
    string QueueType) : ResultEvent;

/// <summary>A session lost its connection or channel. Each interruption has one such event, however many attempts the session needs.</summary>
public sealed record LostConnectionEvent(
    int Session,
    string Endpoint,
    string Cause,
    string Scope,
    int? Code,
    string Detail) : ResultEvent;

/// <summary>
/// A session that had lost its connection or channel is open again. <paramref name="Outage"/> is the length of the interruption.
/// <paramref name="Reconnect"/> is the time from its beginning until the connection was open, before anything was declared; 0 when the connection was kept.
/// </summary>
public sealed record RecoveredEvent(
    int Session,
    string Endpoint,
    TimeSpan Outage,
    TimeSpan Reconnect,
    int Attempts) : ResultEvent;

/// <summary>The program gives up.</summary>
public sealed record FatalEvent(
    string Endpoint,
    string Cause,
    int? Code,
    string Detail) : ResultEvent;
