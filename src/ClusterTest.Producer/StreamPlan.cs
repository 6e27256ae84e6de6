namespace ClusterTest.Producer;

/// <summary>The messages that a run sends.</summary>
/// <param name="Count">The largest number of messages.</param>
/// <param name="Rate">Messages a second; <see langword="null"/> for as fast as possible.</param>
/// <param name="Time">How long the run sends at most.</param>
/// <param name="Size">The smallest size of a body in bytes.</param>
/// <param name="Content">The text of each message.</param>
/// <param name="FromStandardInput">Whether each message is a line of standard input instead of <paramref name="Content"/>.</param>
internal sealed record StreamPlan(long Count, double? Rate, TimeSpan Time, int Size, string Content, bool FromStandardInput)
{
    public bool IsSingle => Count == 1;

    /// <summary>
    /// Gets a value indicating whether each message is due at a certain moment. Lines of standard input are not: the rate only limits them.
    /// </summary>
    public bool HasSchedule => Rate is not null && !FromStandardInput;
}
