namespace ClusterTest.Lab.Engines;

/// <summary>Waits for parts that have been started.</summary>
internal static class PartStart
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until a part of the lab works. Fails with the part's last log lines if the part ends, or takes too long.</summary>
    internal static async Task WaitAsync(
        this IEngine engine, string part, Func<CancellationToken, Task<bool>> works, LabClusterOptions options, CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        for (var missing = 0; !await works(cancellationToken);)
        {
            // The part must be missing twice in a row: a process that is just replacing itself (exec) shows no mark for an instant.
            missing = await engine.IsGoneAsync(part, cancellationToken) ? missing + 1 : 0;
            if (missing > 1)
            {
                throw new LabException($"{part} does not start. {await engine.LogTailAsync(part, cancellationToken)}");
            }

            if (options.Time.GetElapsedTime(started) > options.StartTimeout)
            {
                throw new LabException(
                    $"{part} does not work after {options.StartTimeout.TotalSeconds:0} s. {await engine.LogTailAsync(part, cancellationToken)}");
            }

            await Task.Delay(PollInterval, options.Time, cancellationToken);
        }
    }
}
