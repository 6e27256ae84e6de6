namespace ClusterTest.Lab.Machine;

/// <summary>Programs that are installed on this machine.</summary>
internal static class MachinePrograms
{
    /// <summary>The path of a program; the directories for administration are searched, too, since users' paths often leave them out.</summary>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/local/sbin").Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
}
