using System.Reflection;
using System.Runtime.InteropServices;
using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>Says what a drill runs on.</summary>
internal static class DrillEnvironments
{
    /// <summary>This machine and this program, with what is known of the cluster.</summary>
    internal static DrillEnvironment Describe(string address, IReadOnlyList<string> brokers, string? balancer) => new(
        typeof(DrillEnvironments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors",
        brokers,
        balancer,
        address);
}
