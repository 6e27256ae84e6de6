using System.Text.RegularExpressions;

namespace ClusterTest.Lab.Brokers;

/// <summary>Reads the output of <c>haproxy -v</c>.</summary>
internal static partial class BalancerVersion
{
    /// <summary>Name and version, such as <c>HAProxy 2.6.12-1+deb12u4</c>; null if the output is something else.</summary>
    internal static string? Parse(string output) => Version().Match(output) is { Success: true } match ? $"HAProxy {match.Groups["version"].Value}" : null;

    // HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/
    [GeneratedRegex(@"^HA-?Proxy version (?<version>\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
