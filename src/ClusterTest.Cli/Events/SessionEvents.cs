using System.Text.Json.Serialization;

namespace ClusterTest.Cli.Events;

/// <summary>A session lost its connection or channel. One for each outage, however many attempts it takes to come back.</summary>
public sealed record LostConnectionEvent(
    [property: JsonPropertyName("session")] int Session,
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("cause")] string Cause,
    [property: JsonPropertyName("scope")] string Scope,
    [property: JsonPropertyName("code")] int? Code,
    [property: JsonPropertyName("detail")] string Detail) : ResultEvent;

/// <summary>A session that had lost its connection or channel is ready again.</summary>
public sealed record RecoveredEvent(
    [property: JsonPropertyName("session")] int Session,
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("outage_ms")] double OutageMilliseconds,
    [property: JsonPropertyName("attempts")] int Attempts) : ResultEvent;

/// <summary>The program gives up.</summary>
public sealed record FatalEvent(
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("cause")] string Cause,
    [property: JsonPropertyName("code")] int? Code,
    [property: JsonPropertyName("detail")] string Detail) : ResultEvent;
