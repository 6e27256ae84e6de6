using System.Text.Json.Serialization;

namespace ClusterTest.Lab.Labs;

/// <summary>A cluster manager at one moment.</summary>
/// <param name="Version">The manager's version; null if no host answers.</param>
/// <param name="Broker">The host that the broker runs on, or is being started on; null if it runs on none.</param>
/// <param name="Address">The host that has the virtual address; null if none has it.</param>
/// <param name="Problems">What is wrong, each as a sentence; empty if nothing is.</param>
public sealed record ManagerStatus(string? Version, string? Broker, string? Address, IReadOnlyList<string> Problems)
{
    /// <summary>Whether every host is a member, and everything runs on one of them.</summary>
    [JsonIgnore]
    public bool IsWhole => Problems is [];
}
