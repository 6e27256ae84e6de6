using System.Text.RegularExpressions;
using ClusterTest.Reconnect;
using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed partial class AdviceTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Check the network.", "Check the network.")]
    [InlineData("Put the authority's root certificate into TlsOptions.TrustedAuthorities.", "Put the authority's root certificate into --ca-file.")]
    [InlineData("Give one with TlsOptions.ClientCertificate, and its key.", "Give one with --client-cert, and its key with --client-key.")]
    [InlineData("Check the certificate of TlsOptions.ClientCertificate.", "Check the certificate of --client-cert.")]
    [InlineData("Name one of them with TlsOptions.ServerName.", "Name one of them with --server-name.")]
    [InlineData("Use it by Topology.Predeclared, or set Topology.QueueType.", "Use it by --predeclared, or set --queue-type.")]
    public void Options_of_the_library_are_flags_of_the_programs(string advice, string expected) => Assert.Equal(
        expected,
        Advice.For(new Failure
        {
            Kind = FailureKind.Other,
            Severity = FailureSeverity.Transient,
            Scope = FailureScope.Connection,
            Message = "",
            Advice = advice,
        }));

    [Theory]
    [InlineData(OutputFormat.Text)]
    [InlineData(OutputFormat.Json)]
    public void So_they_are_in_what_the_library_logs(OutputFormat format)
    {
        using var results = new StringWriter();
        using var written = new StringWriter();
        using var terminal = new Terminal(results, written, showsProgress: false);
        using (var logger = Logs.Create(terminal, format, isVerbose: false))
        {
            logger.Warning("There is no queue {Queue:l}. {Advice:l}", "q", "Leave out Topology.Predeclared");
        }

        Assert.Contains("--predeclared", written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Topology.Predeclared", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_that_a_text_of_the_library_names_has_a_flag()
    {
        var named = Directory.GetFiles(Path.Combine(RepositoryFolder(), "src", "ClusterTest.Reconnect"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines)
            .Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany(static line => Text().Matches(line).SelectMany(static text => Option().Matches(text.Value)))
            .Select(static option => option.Value)
            .Distinct()
            .ToList();

        Assert.NotEmpty(named);
        Assert.All(named, static option => Assert.NotEqual(option, Advice.InFlags(option)));
    }

    private static string RepositoryFolder()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ClusterTest.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The repository of the tests is gone.");
        }

        return directory.FullName;
    }

    [GeneratedRegex("\"[^\"\\n]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\b(TlsOptions|Topology|ClusterOptions|ConsumerOptions|ProducerOptions)\.\w+")]
    private static partial Regex Option();
}
