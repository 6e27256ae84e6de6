using System.Text.RegularExpressions;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>The version of an installed broker, from its own files: the program itself takes a second to tell.</summary>
internal static partial class BrokerVersion
{
    /// <summary>The version; null if the installation looks different from what is known.</summary>
    internal static Version? Of(string brokerProgram) =>
        BrokerHome.PluginsOf(brokerProgram) is { } plugins && BrokerHome.ResourceFilesIn(plugins).GetValueOrDefault("rabbit") is { } file ? VersionIn(File.ReadAllText(file)) : null;

    /// <summary>The version in <c>rabbit.app</c>; of <c>4.3.0-rc.1</c>, what stands before the hyphen.</summary>
    internal static Version? VersionIn(string resourceFile) =>
        VersionKey().Match(resourceFile) is { Success: true } match && Version.TryParse(match.Groups["version"].Value, out var version) ? version : null;

    [GeneratedRegex("""\{\s*vsn\s*,\s*"(?<version>\d+(\.\d+)+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex VersionKey();
}
