using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Drills;

/// <summary>A way to run the plan.</summary>
/// <param name="Name">What it varies, such as <c>sessions=2</c>; empty if it is the only one.</param>
/// <param name="Sessions">Sessions of each program.</param>
/// <param name="QueueType">Type of the queue.</param>
internal sealed record Variant(string Name, int Sessions, QueueType QueueType);
