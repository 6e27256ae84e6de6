using System.Globalization;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>Both programs over TLS that a real HAProxy terminates, whose alerts are OpenSSL's own.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class TlsTests(ClusterFixture fixture)
{
    private const string Demands = "the server demands a client certificate. Give one with --client-cert, and its key with --client-key";
    private const string Refuses = "the server refused the client certificate: the server does not know its authority (alert 48, unknown_ca). "
        + "Check the certificate of --client-cert, and the authorities that the server trusts";

    private static readonly string[] Both = ["cluster-test-consumer", "cluster-test-producer"];

    [Fact]
    public async Task A_message_passes_over_TLS_with_and_without_a_client_certificate_and_with_a_name_of_its_own()
    {
        await using var balancer = await TlsBalancer.StartAsync(fixture);
        string[][] ways =
        [
            [Text(TlsBalancer.Good)],
            [Text(TlsBalancer.WrongName), "--server-name", "other.example"], // perf-test#252
            [Text(TlsBalancer.Demanding), "--client-cert", balancer.Client],
            [Text(TlsBalancer.DemandingTls12), "--client-cert", balancer.Client],
        ];
        foreach (var way in ways)
        {
            await using var programs = new Programs(fixture);
            string[] options =
            [
                "localhost", .. way,
                "--ca-file", balancer.Authorities,
                "--exchange", programs.Queue, "--queue", programs.Queue, "--routing-key", programs.Queue,
            ];
            await using var producer = ProgramUnderTest.Start("cluster-test-producer", options);
            Assert.Equal(0, await producer.ExitCodeAsync(Programs.Patience));
            await using var consumer = ProgramUnderTest.Start("cluster-test-consumer", [.. options, "--count", "1"]);
            Assert.Equal(0, await consumer.ExitCodeAsync(Programs.Patience));
            Assert.Equal("Sent cluster test message.", Assert.Single(producer.StandardOutput));
            Assert.StartsWith("Received: Cluster Test!/", consumer.StandardOutput[1], StringComparison.Ordinal);
            Assert.DoesNotContain(producer.StandardError.Concat(consumer.StandardError), static line => !line.Contains(" INF]", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_certificate_is_told_in_words_of_its_own()
    {
        await using var balancer = await TlsBalancer.StartAsync(fixture);
        (int Port, string[] More, string Said)[] cases =
        [
            (TlsBalancer.Expired, [], "the server's certificate expired on "),
            (
                TlsBalancer.WrongName, [],
                "the server's certificate is not for localhost, but for other.example. "
                    + "Connect by a name that the certificate is for, give such a name with --server-name, or have the certificate issued for this name"),
            (
                TlsBalancer.Untrusted, [],
                "the server's certificate comes from an authority that is not trusted (CN=Stranger). "
                    + "Put the authority's root certificate into --ca-file"),
            (TlsBalancer.Demanding, [], Demands),
            (TlsBalancer.DemandingTls12, [], Demands),
            (TlsBalancer.Demanding, ["--client-cert", balancer.StrangeClient], Refuses),
            (TlsBalancer.DemandingTls12, ["--client-cert", balancer.StrangeClient], Refuses),
        ];
        await Parallel.ForEachAsync(
            from program in Both from wrong in cases select (program, wrong),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (run, _) =>
            {
                string[] arguments = ["localhost", Text(run.wrong.Port), "--ca-file", balancer.Authorities, .. run.wrong.More];
                await using var program = ProgramUnderTest.Start(run.program, arguments);
                Assert.Equal(2, await program.ExitCodeAsync(Programs.Patience));
                var user = run.wrong.More is [] ? "guest" : "of the client certificate, else guest";
                var end = $"FTL] Cannot go on at localhost:{run.wrong.Port} (user {user}, virtual host /): {run.wrong.Said}";
                Assert.Single(program.StandardError, line => line.Contains(end, StringComparison.Ordinal));
                Assert.Empty(program.StandardOutput);
            });
    }

    [Fact]
    public async Task A_port_that_speaks_TLS_is_suspected_when_a_plain_connection_is_closed()
    {
        await using var balancer = await TlsBalancer.StartAsync(fixture);
        await using var program = ProgramUnderTest.Start("cluster-test-producer", ["localhost", Text(TlsBalancer.Good), "--retry-for", "2s"]);
        Assert.Equal(2, await program.ExitCodeAsync(Programs.Patience));
        Assert.Contains(program.StandardError, static line => line.EndsWith("or needs TLS (amqps)", StringComparison.Ordinal));
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
