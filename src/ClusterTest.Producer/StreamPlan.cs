namespace ClusterTest.Producer;

/// <summary>What a run sends.</summary>
/// <param name="Count">At most so many messages.</param>
/// <param name="Rate">Messages a second; <see langword="null"/> for as fast as possible.</param>
/// <param name="Time">For so long at most.</param>
/// <param name="Size">The least size of a body in bytes.</param>
/// <param name="Content">The text of each message.</param>
/// <param name="FromStandardInput">Whether the texts come from standard input instead, a line each.</param>
internal sealed record StreamPlan(long Count, double? Rate, TimeSpan Time, int Size, string Content, bool FromStandardInput)
{
    public bool IsSingle => Count == 1;

    /// <summary>Gets a value indicating whether each message is due at a moment of its own. Lines of standard input come when they come, and the rate only limits them.</summary>
    public bool HasSchedule => Rate is not null && !FromStandardInput;
}
