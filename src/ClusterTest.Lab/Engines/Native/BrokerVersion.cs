using System.Text.RegularExpressions;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>Reads the version of an installed RabbitMQ from its files: the program itself needs a second to report it.</summary>
internal static partial class BrokerVersion
{
    /// <summary>The version; null if the installation has an unknown layout.</summary>
    internal static Version? Of(string brokerProgram) =>
        BrokerHome.PluginsOf(brokerProgram) is { } plugins && BrokerHome.ResourceFilesIn(plugins).GetValueOrDefault("rabbit") is { } file
            ? VersionIn(File.ReadAllText(file))
            : null;

    /// <summary>The version in <c>rabbit.app</c>, up to a hyphen: of <c>4.3.0-rc.1</c>, <c>4.3.0</c>.</summary>
    internal static Version? VersionIn(string resourceFile) =>
        VersionKey().Match(resourceFile) is { Success: true } match && Version.TryParse(match.Groups["version"].Value, out var version) ? version : null;

    [GeneratedRegex("""\{\s*vsn\s*,\s*"(?<version>\d+(\.\d+)+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex VersionKey();
}
