namespace ClusterTest.Lab.Clusters;

/// <summary>The programs of the machine's packages that a native cluster consists of.</summary>
internal static class NativePrograms
{
    private static readonly string[] InPath = ["haproxy", "epmd", "setsid"];

    /// <summary>Fails with what to install if one of them is missing.</summary>
    /// <exception cref="LabException">One is missing.</exception>
    internal static void Check(NativeClusterOptions options)
    {
        List<string> missing =
        [
            .. new[] { options.BrokerProgram }.Where(static program => !File.Exists(program)),
            .. InPath.Where(static program => Find(program) is null),
        ];
        if (missing.Count > 0)
        {
            throw new LabException(
                $"Not installed: {string.Join(", ", missing)}. Run eng/provision, or as root: apt-get install rabbitmq-server haproxy");
        }
    }

    /// <summary>The path of a program; the directories for administration are searched, too, since users' paths often leave them out.</summary>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/local/sbin").Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
}
