namespace ClusterTest.Events;

/// <summary>A program started: the first line of its output.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Clock">Tells clocks apart: programs with the same value read the same one, so their timestamps can be compared.</param>
/// <param name="Sessions">Its number of sessions.</param>
/// <param name="Queue">The queue.</param>
/// <param name="QueueType"><c>quorum</c> or <c>classic</c>.</param>
public sealed record StartedEvent(
    string Program,
    string Version,
    string Clock,
    int Sessions,
    string Queue,
    string QueueType) : ResultEvent;

/// <summary>A session lost its connection or channel. One for each outage, however many attempts it takes to come back.</summary>
public sealed record LostConnectionEvent(
    int Session,
    string Endpoint,
    string Cause,
    string Scope,
    int? Code,
    string Detail) : ResultEvent;

/// <summary>
/// A session that had lost its connection or channel is ready again. <paramref name="Reconnect"/> is the part of the outage
/// until the connection was open, before anything was declared; 0 when the connection was kept.
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
