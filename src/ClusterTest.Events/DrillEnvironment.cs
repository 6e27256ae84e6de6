using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>The machine, cluster and software versions of a drill.</summary>
/// <param name="Tool">Version of the lab and the programs.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="System">Operating system and number of processors.</param>
/// <param name="Brokers">Each node and its version; empty on a cluster that the lab does not run.</param>
/// <param name="Balancer">Version of the load balancer; null if unknown.</param>
/// <param name="Address">The address that the programs connected to, without a password.</param>
public sealed record DrillEnvironment(
    string Tool,
    string Runtime,
    string System,
    IReadOnlyList<string> Brokers,
    string? Balancer,
    string Address)
{
    /// <summary>Gets the lab's engine, <c>native</c> or <c>compose</c>; null on a cluster that the lab does not run.</summary>
    public string? Engine { get; init; }

    /// <summary>Gets a value indicating whether clients needed a certificate and a password; null on a cluster that the lab does not run.</summary>
    public bool? Secure { get; init; }

    /// <summary>Gets the name of the lab's topology, such as <c>cluster</c>; null, and not written, on a cluster that the lab does not run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Topology { get; init; }
}
