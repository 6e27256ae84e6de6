using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using ClusterTest.Events;
using ClusterTest.Lab;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>The consumers that are compared: ours, and the clients in <c>benchmarks/clients</c>, as far as this machine can run them.</summary>
internal sealed class ClientList
{
    private const string Npm = "npm ci --prefix benchmarks/clients/node";

    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "benchmarks", "clients");

    private static readonly string[] CommonOptions = ["exchange", "queue", "routing-key", "queue-type", "client-name"];
    private static readonly string Compiled = Path.Combine(RepositoryRoot.Find(), "artifacts", "native", "cluster-test-consumer");

    /// <summary>The producer of all drills. It is the same for all, and has a session on every node: the silence is the consumer's.</summary>
    public static Client CommonProducer { get; } = new(
        Client.ProducerOption,
        EventWriter.Producer,
        Ours(LabPrograms.Find("ClusterTest.Producer", "cluster-test-producer"), sessions: 3, "rate", "retry-for"));

    public static async Task<IReadOnlyList<ClientContender>> FindAsync(CancellationToken cancellationToken) =>
    [
        Native("ours, 1 session", sessions: 1),
        Native("ours, 2 sessions", sessions: 2),
        new("ours, 1 session, compiled as it runs", 1, Client: null, Missing: null),
        await PythonAsync("pika, loop that reconnects at once", "pika", cancellationToken),
        await PythonAsync("aio-pika, robust", "aio_pika", cancellationToken),
        Node("amqplib, recovery", "amqplib"),
        Node("amqp-connection-manager", "amqp-connection-manager"),
        DotNet("RabbitMQ.Client, own recovery", "rabbitmq-client"),
        DotNet("RabbitMQ.Client, own recovery, 100 ms", "rabbitmq-client 100"),
        DotNet("RabbitMQ.Client, loop that reconnects at once", "rabbitmq-client-loop"),
        DotNet("MassTransit", "masstransit"),
    ];

    private static ClientContender Native(string name, int sessions) => Of(
        name,
        Ours(Compiled, sessions),
        File.Exists(Compiled) ? null : "dotnet publish src/ClusterTest.Consumer -c Release -o artifacts/native",
        sessions);

    private static string Ours(string program, int sessions, params IEnumerable<string> more) => string.Create(
        CultureInfo.InvariantCulture, $"exec '{program}' --output json --sessions {sessions} ") + string.Join(
        ' ',
        CommonOptions.Concat(more).Select(static option => $"--{option} \"$CLUSTER_TEST_{option.Replace('-', '_').ToUpperInvariant()}\""));

    private static async Task<ClientContender> PythonAsync(string name, string module, CancellationToken cancellationToken)
    {
        foreach (var python in new[] { Path.Combine(Folder, "python", ".venv", "bin", "python3"), MachinePrograms.Find("python3"), "/usr/bin/python3" })
        {
            if (python is not null && File.Exists(python) && await CanImportAsync(python, module, cancellationToken))
            {
                return Of(name, $"exec '{python}' '{Path.Combine(Folder, "python", $"{module}_consumer.py")}'", missing: null);
            }
        }

        return Of(name, "", $"{module} for Python 3, as in benchmarks/clients/python/requirements.txt");
    }

    private static async Task<bool> CanImportAsync(string python, string module, CancellationToken cancellationToken) =>
        (await CliWrap.Cli.Wrap(python).WithArguments(["-c", $"import {module}"]).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken)).ExitCode is 0;

    private static ClientContender Node(string name, string package)
    {
        var program = Path.Combine(Folder, "node", $"{package.Replace('-', '_')}_consumer.mjs");
        return Of(
            name,
            $"exec node '{program}'",
            MachinePrograms.Find("node") is null ? "Node.js" : Directory.Exists(Path.Combine(Folder, "node", "node_modules", package)) ? null : Npm);
    }

    private static ClientContender DotNet(string name, string arguments)
    {
        var program = Path.Combine(Folder, "dotnet", "bin", "Release", "net10.0", "clients");
        return Of(name, $"exec '{program}' {arguments}", File.Exists(program) ? null : "dotnet build -c Release benchmarks/clients/dotnet");
    }

    private static ClientContender Of(string name, string command, string? missing, int sessions = 1) =>
        new(name, sessions, new Client(Client.ConsumerOption, EventWriter.Consumer, command), missing);
}
