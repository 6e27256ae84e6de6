using ClusterTest.Lab.Topologies;
using QueueType = ClusterTest.Reconnect.QueueType;

namespace ClusterTest.Lab.Drills;

/// <summary>A column of <c>compare</c>: a topology with one type of queue.</summary>
/// <param name="Name">The name on the command line and in the table.</param>
/// <param name="Topology">The topology.</param>
/// <param name="Profile">What is said of it.</param>
internal sealed record Contender(string Name, Topology Topology, TopologyProfile Profile)
{
    /// <summary>All contenders, in the order of <see cref="TopologyList"/>.</summary>
    internal static IReadOnlyList<Contender> All { get; } = [.. TopologyList.All.SelectMany(Of)];

    /// <summary>The contenders of one topology: the first has its name.</summary>
    internal static IEnumerable<Contender> Of(Topology topology) => topology.Profiles.Select((profile, index) =>
        new Contender(index is 0 ? topology.Name : $"{topology.Name}-{NameOf(profile.QueueType)}", topology, profile));

    /// <summary>The variant of a drill on this topology.</summary>
    /// <param name="sessions">The number of sessions of each program.</param>
    /// <param name="mayBeSkipped">As in <see cref="Variant.MayBeSkipped"/>.</param>
    internal Variant ToVariant(int sessions, bool mayBeSkipped) =>
        new(Name, sessions, Profile.QueueType) { Properties = Profile.Properties, MayBeSkipped = mayBeSkipped };

    private static string NameOf(QueueType type) => type is QueueType.Classic ? "classic" : "quorum";
}
