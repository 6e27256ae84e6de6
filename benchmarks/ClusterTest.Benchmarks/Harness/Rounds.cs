namespace ClusterTest.Benchmarks.Harness;

/// <summary>Interleaves contenders, so that whatever else the machine does meets all of them.</summary>
internal static class Rounds
{
    /// <summary>Measures every contender once in each round; each round begins with another one, so that none always comes first or last.</summary>
    /// <returns>The samples of each contender that is there, one per round.</returns>
    public static async Task<IReadOnlyDictionary<ContenderProgram, List<T>>> RunAsync<T>(
        IReadOnlyList<ContenderProgram> contenders, int rounds, Func<ContenderProgram, Task<T>> measure, Func<T, string> tell)
    {
        var there = contenders.Where(static contender => contender.Missing is null).ToList();
        var samples = there.ToDictionary(static contender => contender, static _ => new List<T>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in there.Skip(round % there.Count).Concat(there.Take(round % there.Count)))
            {
                var sample = await measure(contender);
                samples[contender].Add(sample);
                await Console.Error.WriteLineAsync($"round {round + 1}/{rounds}  {contender.Name}: {tell(sample)}");
            }
        }

        return samples;
    }
}
