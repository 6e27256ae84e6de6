namespace ClusterTest.Benchmarks.Harness;

/// <summary>A contender that is a program of its own.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Command">The program and its arguments.</param>
internal sealed record ContenderProgram(string Name, IReadOnlyList<string> Command)
{
    /// <summary>Gets why it cannot take part; null: it can.</summary>
    public string? Missing { get; init; }
}
