using System.Net;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>The test of a secure lab, for every engine.</summary>
internal static class SecureLab
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a secure lab, tries to connect without a certificate or a password, and drills the lab.</summary>
    /// <param name="cluster">The lab, which is down.</param>
    /// <param name="run">Runs the lab's program on the lab.</param>
    internal static async Task CheckAsync(LabCluster cluster, Func<string[], Task<(int ExitCode, string Output, string Error)>> run)
    {
        var publicBefore = PublicListeners();
        var up = await run(["up", "--secure"]);
        Assert.True(up.ExitCode is 0, up.Error);
        Assert.Empty(PublicListeners().Except(publicBefore));
        Assert.DoesNotContain("guest", (await run(["ctl", "rabbit1", "list_users"])).Output, StringComparison.Ordinal);

        var secrets = cluster.Secrets!;
        AssertOwnerOnly(secrets.Directory);
        await AssertRefusedAsync(cluster, "guest", AnyPasswordFile(secrets), "the broker refused the login");
        await AssertRefusedAsync(cluster, LabSecrets.UserName, secrets.PasswordFile, "ACCESS_REFUSED", "--exchange", "somebody_elses");
        var uri = $"amqps://{LabSecrets.UserName}@{cluster.Balancer}";
        await AssertRefusedAsync(
            ["--uri", uri, "--password-file", secrets.PasswordFile, "--ca-file", secrets.AuthorityFile], "the server demands a client certificate");
        await AssertStatisticsAskForALoginAsync(cluster.Statistics);

        var reports = Directory.CreateTempSubdirectory("cluster-test-secure-").FullName;
        try
        {
            var drill = await run(["drill", "--faults", "stop-app", "--nodes", "rabbit2", "--rate", "50", "--hold", "300ms", "--report", reports]);
            Assert.True(drill.ExitCode is 0, drill.Output + drill.Error);
            Assert.Contains("Nothing was lost.", drill.Output, StringComparison.Ordinal);
            AssertTellsNoSecret(secrets, up.Output + drill.Output + drill.Error, reports, cluster.LogDirectory);
        }
        finally
        {
            Directory.Delete(reports, recursive: true);
        }

        Assert.Equal(0, (await run(["down"])).ExitCode);
        Assert.False(Directory.Exists(secrets.Directory));
    }

    /// <summary>The ports of this machine to which other machines can connect.</summary>
    internal static IReadOnlySet<string> PublicListeners() =>
        SocketTables
            .SelectMany(static table => File.ReadLines(table).Skip(1))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(static columns => columns[3] is "0A") // listening
            .Select(static columns => columns[1])
            .Where(static address => !IsLoopback(address))
            .ToHashSet();

    // The kernel writes addresses in words of four bytes, each in the machine's byte order: on a little-endian machine, 127.0.0.1 is 0100007F.
    private static bool IsLoopback(string address) =>
        address.Split(':')[0] is var host && (host.EndsWith("7F", StringComparison.Ordinal) || host == "00000000000000000000000001000000");

    private static void AssertOwnerOnly(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            Assert.Equal((file, OwnerOnly), (file, File.GetUnixFileMode(file)));
        }
    }

    // There is no user guest, so any password will do.
    private static string AnyPasswordFile(LabSecrets secrets) => Path.Combine(secrets.Directory, "administrator.password");

    private static Task AssertRefusedAsync(LabCluster cluster, string user, string passwordFile, string because, params string[] more)
    {
        var secrets = cluster.Secrets!;
        return AssertRefusedAsync(
            [
                "--uri", $"amqps://{user}@{cluster.Balancer}", "--password-file", passwordFile,
                "--ca-file", secrets.AuthorityFile, "--client-cert", secrets.CertificateFile, "--client-key", secrets.KeyFile, .. more,
            ],
            because);
    }

    private static async Task AssertRefusedAsync(string[] arguments, string because)
    {
        await using var producer = ProgramUnderTest.Start("cluster-test-producer", arguments);
        Assert.Equal(2, await producer.ExitCodeAsync(TestLab.Patience));
        Assert.Contains(producer.StandardError, line => line.Contains(because, StringComparison.Ordinal));
    }

    private static async Task AssertStatisticsAskForALoginAsync(Uri statistics)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync(statistics, Token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    /// <summary>Looks for every password, and for the cookie, in all output and files, and in the arguments of all processes.</summary>
    private static void AssertTellsNoSecret(LabSecrets secrets, string said, params string[] directories)
    {
        var told = directories
            .SelectMany(static directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            .Select(static file => (Where: file, Text: File.ReadAllText(file)))
            .Append((Where: "what was said", Text: said))
            .Concat(Arguments())
            .ToList();
        foreach (var file in Directory.EnumerateFiles(secrets.Directory).Where(static file =>
            file.EndsWith(".password", StringComparison.Ordinal) || file.EndsWith(".cookie", StringComparison.Ordinal)))
        {
            var secret = File.ReadAllText(file).Trim();
            Assert.InRange(secret.Length, 32, int.MaxValue);
            Assert.DoesNotContain(told, place => place.Text.Contains(secret, StringComparison.Ordinal));
        }
    }

    private static IEnumerable<(string Where, string Text)> Arguments()
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(static directory => char.IsAsciiDigit(Path.GetFileName(directory)[0])))
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (IOException)
            {
                continue; // the process has just ended
            }

            yield return (process, text);
        }
    }
}
