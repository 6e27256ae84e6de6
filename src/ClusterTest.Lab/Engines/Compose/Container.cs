using System.Text.Json;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>A container of a Compose project.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Service">The service of the Compose file that it runs.</param>
/// <param name="State">How it looks from outside.</param>
/// <param name="IpAddress">Its address inside the project's network; null if it is not connected, or has ended.</param>
internal sealed record Container(string Id, string Service, PartState State, string? IpAddress)
{
    /// <summary>What its health check said last, while it is not healthy; null if it is, or has none.</summary>
    internal string? Complaint { get; init; }

    private const string ServiceLabel = "com.docker.compose.service";

    /// <summary>Reads what <c>docker inspect</c> says of one or several containers.</summary>
    internal static IReadOnlyList<Container> Parse(string json) =>
        [.. JsonSerializer.Deserialize<List<Inspected>>(json)!.Select(static inspected => inspected.ToContainer())];

    // Named as Docker names them.
    private sealed record Inspected(string Id, InspectedState State, InspectedConfig Config, InspectedSettings NetworkSettings)
    {
        internal Container ToContainer()
        {
            var address = NetworkSettings.Networks.Values.Select(static network => network.IPAddress).FirstOrDefault(static address => address is { Length: > 0 });
            var state = State.Status switch
            {
                "paused" => PartState.Frozen,
                "running" when address is null => PartState.CutOff,
                "running" => PartState.Running,
                _ => PartState.Down,
            };
            return new Container(Id, Config.Labels[ServiceLabel], state, address) { Complaint = State.Health?.Complaint };
        }
    }

    private sealed record InspectedState(string Status, InspectedHealth? Health);

    private sealed record InspectedHealth(string Status, IReadOnlyList<InspectedCheck>? Log)
    {
        internal string? Complaint => Status is "healthy" ? null : Log?.LastOrDefault(static check => check.ExitCode is not 0)?.Said;
    }

    private sealed record InspectedCheck(int ExitCode, string? Output)
    {
        internal string Said => string.Join(' ', (Output ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) is { Length: > 0 } said ? said : $"nothing (exit code {ExitCode})";
    }

    private sealed record InspectedConfig(Dictionary<string, string> Labels);

    private sealed record InspectedSettings(Dictionary<string, InspectedNetwork> Networks);

    private sealed record InspectedNetwork(string? IPAddress);
}
