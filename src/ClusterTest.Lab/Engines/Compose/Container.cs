using System.Text.Json;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>A container of a Compose project.</summary>
/// <param name="Id">The container's id.</param>
/// <param name="Service">The service in the Compose file that the container runs.</param>
/// <param name="State">The container's state, as Docker sees it.</param>
/// <param name="IpAddress">The container's address in the project's network; null if the container is not connected, or has ended.</param>
internal sealed record Container(string Id, string Service, PartState State, string? IpAddress)
{
    /// <summary>The last output of the health check of a container that is not healthy; null if it is healthy, or has no health check.</summary>
    internal string? Complaint { get; init; }

    private const string ServiceLabel = "com.docker.compose.service";

    /// <summary>Reads the output of <c>docker inspect</c> for one or several containers.</summary>
    internal static IReadOnlyList<Container> Parse(string json) =>
        [.. JsonSerializer.Deserialize<List<Inspected>>(json)!.Select(static inspected => inspected.ToContainer())];

    // The names of these records' members are Docker's names.
    private sealed record Inspected(string Id, InspectedState State, InspectedConfig Config, InspectedSettings NetworkSettings)
    {
        internal Container ToContainer()
        {
            var address = NetworkSettings.Networks.Values
                .Select(static network => network.IPAddress)
                .FirstOrDefault(static address => address is { Length: > 0 });
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
        internal string Said =>
            string.Join(' ', (Output ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) is { Length: > 0 } said
                ? said
                : $"nothing (exit code {ExitCode})";
    }

    private sealed record InspectedConfig(Dictionary<string, string> Labels);

    private sealed record InspectedSettings(Dictionary<string, InspectedNetwork> Networks);

    private sealed record InspectedNetwork(string? IPAddress);
}
