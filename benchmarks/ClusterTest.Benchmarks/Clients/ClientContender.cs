using ClusterTest.Lab.Drills;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>A consumer that is compared with others.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Sessions">Its number of sessions.</param>
/// <param name="Client">The client; null for our consumer.</param>
/// <param name="Missing">What is missing on this machine to run it; null if nothing is.</param>
internal sealed record ClientContender(string Name, int Sessions, Client? Client, string? Missing);
