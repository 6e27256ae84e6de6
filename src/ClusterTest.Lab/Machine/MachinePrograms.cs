namespace ClusterTest.Lab.Machine;

/// <summary>Finds programs that are installed on this machine.</summary>
internal static class MachinePrograms
{
    /// <summary>
    /// The path of a program; null if it is not installed. The directories for administration are searched, too, because users often do not have them in
    /// their PATH.
    /// </summary>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/local/sbin").Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
}
