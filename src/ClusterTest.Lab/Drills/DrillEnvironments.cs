using System.Reflection;
using System.Runtime.InteropServices;
using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>Describes the environment of a drill.</summary>
internal static class DrillEnvironments
{
    /// <summary>Describes this machine, this program, and the cluster as far as it is known.</summary>
    internal static DrillEnvironment Describe(string address, IReadOnlyList<string> brokers, string? balancer) => new(
        typeof(DrillEnvironments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors",
        brokers,
        balancer,
        address);
}
