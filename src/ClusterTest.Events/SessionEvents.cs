using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>A program started: the first line of its output.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Clock">Tells clocks apart: programs with the same value read the same one, so their timestamps can be compared.</param>
/// <param name="Sessions">Its number of sessions.</param>
/// <param name="Queue">The queue.</param>
/// <param name="QueueType"><c>quorum</c> or <c>classic</c>.</param>
public sealed record StartedEvent(
    [property: JsonPropertyName("program")] string Program,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("clock")] string Clock,
    [property: JsonPropertyName("sessions")] int Sessions,
    [property: JsonPropertyName("queue")] string Queue,
    [property: JsonPropertyName("queue_type")] string QueueType) : ResultEvent;

/// <summary>A session lost its connection or channel. One for each outage, however many attempts it takes to come back.</summary>
public sealed record LostConnectionEvent(
    [property: JsonPropertyName("session")] int Session,
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("cause")] string Cause,
    [property: JsonPropertyName("scope")] string Scope,
    [property: JsonPropertyName("code")] int? Code,
    [property: JsonPropertyName("detail")] string Detail) : ResultEvent;

/// <summary>
/// A session that had lost its connection or channel is ready again. <paramref name="ReconnectMilliseconds"/> is the part of the outage
/// until the connection was open, before anything was declared; 0 when the connection was kept.
/// </summary>
public sealed record RecoveredEvent(
    [property: JsonPropertyName("session")] int Session,
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("outage_ms")] double OutageMilliseconds,
    [property: JsonPropertyName("reconnect_ms")] double ReconnectMilliseconds,
    [property: JsonPropertyName("attempts")] int Attempts) : ResultEvent;

/// <summary>The program gives up.</summary>
public sealed record FatalEvent(
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("cause")] string Cause,
    [property: JsonPropertyName("code")] int? Code,
    [property: JsonPropertyName("detail")] string Detail) : ResultEvent;
