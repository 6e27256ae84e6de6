using System.Globalization;
using ClusterTest.Lab;

namespace ClusterTest.Benchmarks.Harness;

/// <summary>Where the contenders' programs are.</summary>
internal static class Programs
{
    private const string Python = "/usr/bin/python3"; // Debian's, which has Debian's pika

    private static readonly string Clients = Path.Combine(RepositoryRoot.Find(), "benchmarks", "clients");

    public static string NullBroker { get; } = Path.Combine(AppContext.BaseDirectory, "null-broker");

    public static string BenchClient { get; } = Path.Combine(AppContext.BaseDirectory, "bench-client");

    /// <summary>Gets one of the two programs as the build makes it.</summary>
    public static string Built(string name) => Path.Combine(
        RepositoryRoot.Find(), "src", name == "cluster-test-producer" ? "ClusterTest.Producer" : "ClusterTest.Consumer", "bin", "Release", "net10.0", name);

    public static string Script(string name) => Path.Combine(Clients, name);

    /// <summary>A contender of ours or of RabbitMQ.Client, in .NET.</summary>
    public static ContenderProgram Dotnet(string title, string name, ThroughputRun run) => new(title, [
        BenchClient,
        name,
        "--host", run.Host,
        "--port", Text(run.Port),
        "--queue", run.Queue,
        "--size", Text(run.Size),
        "--window", Text(run.Window),
        "--prefetch", Text(run.Prefetch),
        "--warm-up", Text(run.WarmUp),
        "--seconds", Text(run.Seconds),
    ]);

    public static ContenderProgram Pika(string title, string kind, ThroughputRun run) =>
        new(title, [Python, Script("python/throughput_pika.py"), kind, .. Positional(run)]) { Missing = PikaMissing() };

    public static ContenderProgram Amqplib(string title, string kind, ThroughputRun run) =>
        new(title, ["node", Script("node/throughput.cjs"), kind, .. Positional(run)])
        {
            Missing = !Exists("node") ? "not there: no node on this machine"
                : Directory.Exists(Path.Combine(Clients, "node", "node_modules", "amqplib")) ? null
                : "not there: npm could not get amqplib",
        };

    public static ContenderProgram OnePika(int port) =>
        new("pika script", [Python, Script("python/one_pika.py"), "127.0.0.1", Text(port)]) { Missing = PikaMissing() };

    public static bool Exists(string program) => Path.IsPathRooted(program)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    public static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string? PikaMissing() => Directory.Exists("/usr/lib/python3/dist-packages/pika") ? null : "not there: no python3-pika on this machine";

    private static IEnumerable<string> Positional(ThroughputRun run) =>
        [run.Host, Text(run.Port), run.Queue, Text(run.Size), Text(run.Window), Text(run.Prefetch), Text(run.WarmUp), Text(run.Seconds)];
}
