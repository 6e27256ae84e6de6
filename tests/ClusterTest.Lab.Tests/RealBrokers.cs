using Xunit;
using Xunit.v3;

namespace ClusterTest.Lab.Tests;

/// <summary>
/// The tests that start their own nodes. They run one class at a time, after all tests that need no nodes: two clusters are too much for two cores.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealBrokersDefinition
{
    public const string Name = "real brokers";
}

/// <summary>Marks a class that needs RabbitMQ and HAProxy on this machine. A class without the mark needs neither, and runs in parallel with others.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RealBrokersAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("needs", "brokers")];
}
