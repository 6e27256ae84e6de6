using System.Diagnostics;
using ClusterTest.Lab.Topologies;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>Tests of the Compose files and the scripts around them that need no Docker engine.</summary>
public sealed class ComposeFilesTests
{
    private static readonly string Root = RepositoryRoot.Find();

    public static TheoryData<string> Files =>
        [.. TopologyList.All.SelectMany(static topology => topology.ComposeFiles.Append(topology.SecureComposeFile)).Distinct()];

    [Theory]
    [MemberData(nameof(Files))]
    public void No_container_but_that_of_setup_which_is_roots_reads_a_file_of_the_checkout(string file)
    {
        var service = "";
        foreach (var line in File.ReadLines(Path.Combine(Root, file)).Where(static line => !line.TrimStart().StartsWith('#')))
        {
            service = line is [' ', ' ', not ' ', .., ':'] or [not ' ', ..] ? line.Trim().TrimEnd(':') : service;
            Assert.True(service is "setup" || !line.Contains("./", StringComparison.Ordinal), $"{service}: {line}");
        }
    }

    [Theory]
    [InlineData("docker-compose.yml")]
    [InlineData("docker-compose.secure.yml")]
    public void Health_checks_call_their_script_by_its_whole_path(string file)
    {
        var checks = File.ReadLines(Path.Combine(Root, file)).Where(static line => line.Contains("test: [", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(checks);
        Assert.All(checks, static check => Assert.Contains("""["CMD", "/""", check, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Setup_lets_every_container_read_what_a_strict_checkout_lets_only_its_owner_read()
    {
        var directory = Directory.CreateTempSubdirectory("cluster-test-setup-").FullName;
        try
        {
            var given = Path.Combine(directory, "given");
            _ = Directory.CreateDirectory(Path.Combine(given, "conf.d"));
            _ = Directory.CreateDirectory(Path.Combine(given, "haproxy"));
            foreach (var name in new[] { "haproxy/10-cluster-test.cfg", "amqp-ping", "advanced.config", "conf.d/50-cluster-test.conf" })
            {
                await File.WriteAllTextAsync(Path.Combine(given, name), name, TestContext.Current.CancellationToken);
            }

            _ = Directory.CreateDirectory(Path.Combine(directory, "files", "conf.d"));
            var secure = Path.Combine(directory, "files", "conf.d", "60-secure.conf");
            await File.WriteAllTextAsync(secure, "of an earlier start", TestContext.Current.CancellationToken);

            const string Script = """umask 077; chmod -R go= "$1"; . "$0/docker/publish"; publish "$1" /nowhere "$2" """;
            using var setup = Process.Start(new ProcessStartInfo("sh", ["-c", Script, Root, given, Path.Combine(directory, "files")]))!;
            await setup.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(0, setup.ExitCode);
            var files = Directory.EnumerateFileSystemEntries(Path.Combine(directory, "files"), "*", SearchOption.AllDirectories).ToList();
            Assert.Equal(
                ["10-cluster-test.cfg", "50-cluster-test.conf", "advanced.config", "amqp-ping", "conf.d", "haproxy"],
                files.Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
            Assert.All(files, static file => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead), file));
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(directory, "files", "amqp-ping")).HasFlag(UnixFileMode.OtherExecute));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
