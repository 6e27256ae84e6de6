using Xunit;
using Xunit.v3;

namespace ClusterTest.Lab.Tests;

/// <summary>Tests that start brokers of their own, one class at a time, when all that need none have ended: two clusters are too much for two cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealBrokersDefinition
{
    public const string Name = "real brokers";
}

/// <summary>Marks a class that needs RabbitMQ and HAProxy on this machine. What has no mark needs nothing installed, and runs side by side.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RealBrokersAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("needs", "brokers")];
}
