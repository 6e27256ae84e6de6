using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;
using ScriptedAmqp;

namespace ClusterTest.Lab.Tests.Labs;

/// <summary>
/// A lab that is up, with a balancer's statistics page and an engine whose nodes are scripted: what the lab tells them is noted in order, and done to the
/// <see cref="ScriptedNode"/> at once. A Shovel has carried everything as soon as it is set.
/// </summary>
internal sealed class ScriptedLab : IEngine, IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cluster-test-scripted-").FullName;
    private readonly Topology _topology;
    private readonly ScriptedBroker _broker = ScriptedBroker.Start();
    private readonly TcpListener _page = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;
    private readonly ConcurrentQueue<string> _told = new();

    internal ScriptedLab(Topology topology)
    {
        _topology = topology;
        Nodes = topology.BrokerNames.ToDictionary(static name => name, static _ => new ScriptedNode());
        _page.Start();
        _serving = ServeAsync();
        Cluster = new LabCluster(this, topology, new NativeClusterOptions { StateDirectory = _directory, Topology = topology, FaultTimeout = FaultTimeout });
        var layout = new LabLayout(_directory);
        layout.Mark(Marker with { Topology = topology.Name, Directory = _directory });
        File.WriteAllText(layout.UpFile, "");
    }

    internal static TimeSpan FaultTimeout { get; } = TimeSpan.FromSeconds(5);

    internal LabCluster Cluster { get; }

    internal IReadOnlyDictionary<string, ScriptedNode> Nodes { get; }

    internal ScriptedNode this[string node] => Nodes[node];

    /// <summary>What the nodes and the balancer were told, in order, such as <c>primary drain</c> or <c>standby set_parameter cluster_test</c>.</summary>
    internal IReadOnlyList<string> Told => [.. _told];

    /// <summary>Called with each line of <see cref="Told"/> before it is done.</summary>
    internal Action<string> OnTold { get; set; } = static _ => { };

    /// <summary>Empties <see cref="Told"/>.</summary>
    internal void Forget() => _told.Clear();

    /// <inheritdoc/>
    public Engine Kind => Engine.Native;

    /// <inheritdoc/>
    public string Whereabouts => "";

    /// <inheritdoc/>
    public LabPorts Ports => NativePorts.FromBase(LabPorts.DefaultBase) with { Statistics = ((IPEndPoint)_page.LocalEndpoint).Port };

    /// <inheritdoc/>
    public LabMarker Marker => new LabMarker { Engine = Engine.Native }.With(NativePorts.FromBase(LabPorts.DefaultBase));

    /// <inheritdoc/>
    public bool CanCut => true;

    /// <inheritdoc/>
    public Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task RequireAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> BeginAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    /// <inheritdoc/>
    public Task RepairAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, LabPart>> LookAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, LabPart>>(_topology.Parts.ToDictionary(
            static part => part,
            part => Nodes.GetValueOrDefault(part) is { IsDown: true }
                ? new LabPart(PartState.Down, Address: null)
                : new LabPart(PartState.Running, InnerAddressOf(part))));

    /// <inheritdoc/>
    public Task<bool> IsGoneAsync(string part, CancellationToken cancellationToken) => Task.FromResult(Nodes[part].IsDown);

    /// <inheritdoc/>
    public bool? IsListening(AmqpAddress address) => true;

    /// <inheritdoc/>
    public AmqpAddress InnerAddressOf(string node) => new("127.0.0.1", _broker.Port);

    /// <inheritdoc/>
    public AmqpAddress EntranceOf(string node) => InnerAddressOf(node);

    /// <inheritdoc/>
    public Task<string> FindHostAsync(CancellationToken cancellationToken) => Task.FromResult("127.0.0.1");

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> FindPeersAsync(string part, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task StartAsync(string part, CancellationToken cancellationToken) => Change(part, "start", static node => node.IsDown = false);

    /// <inheritdoc/>
    public Task EndAsync(string part, CancellationToken cancellationToken) => Change(part, "end", static node => node.IsDown = true);

    /// <inheritdoc/>
    public Task KillAsync(string part, CancellationToken cancellationToken) => Change(part, "kill", static node => node.IsDown = true);

    /// <inheritdoc/>
    public Task PauseAsync(string part, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task ResumeAsync(string part, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task CutAsync(string part, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task JoinAsync(string part, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<CtlResult> ExecAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] written = [.. arguments];
        var node = Nodes[part];
        return Task.FromResult(new CtlResult(0, Answer(part, node, written), ""));
    }

    /// <inheritdoc/>
    public Task<int> ExecInForegroundAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<string> LogTailAsync(string part, CancellationToken cancellationToken) => Task.FromResult("");

    /// <inheritdoc/>
    public Task<int> RemoveAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _page.Dispose();
        await _broker.DisposeAsync();
        _over.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Answer(string part, ScriptedNode node, string[] arguments)
    {
        switch (arguments)
        {
            case ["list_queues", ..]:
                return node.ListQueues();
            case ["cluster_status", ..]:
                var names = string.Join(',', Nodes.Keys.Select(static name => $"\"{name}@localhost\""));
                return $$$"""{"running_nodes":[{{{names}}}],"partitions":{}}""";
            case ["eval", var expression] when expression == ShovelReport.Command[1]:
                return node.ListShovels(part);
            case ["eval", var expression] when expression == ShovelDefinition.Reading[1]:
                return node.ReadShovels();
            case ["eval", ..]:
                return "ok";
            case ["set_parameter", "shovel", var queue, var json]:
                Tell($"{part} set_parameter {queue}");
                node.Shovels[queue] = JsonNode.Parse(json)!;
                Carry(part, node, queue);
                return "";
            case ["clear_parameter", "shovel", var queue]:
                Tell($"{part} clear_parameter {queue}");
                _ = node.Shovels.Remove(queue);
                return "";
            default:
                throw new NotSupportedException(string.Join(' ', arguments));
        }
    }

    // Two nodes that share nothing: what one gives, the other gets.
    private void Carry(string part, ScriptedNode node, string name)
    {
        if (node.ShovelState is not "running" || Nodes.Count is not 2 || !node.Queues.TryGetValue(name, out var queue))
        {
            return;
        }

        var other = Nodes.Single(pair => pair.Key != part).Value;
        other.Declare(name, (other.Queues.GetValueOrDefault(name)?.Messages ?? 0) + (queue.Messages ?? 0), queue.Type);
        node.Queues[name] = queue with { Messages = 0 };
    }

    private void Tell(string line)
    {
        _told.Enqueue(line);
        OnTold(line);
    }

    private Task Change(string part, string what, Action<ScriptedNode> change)
    {
        Tell($"{part} {what}");
        change(Nodes[part]);
        return Task.CompletedTask;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _page.AcceptTcpClientAsync(_over.Token);
            var stream = client.GetStream();
            var request = await ReadAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer(request)), _over.Token);
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var (request, buffer) = (new StringBuilder(), new byte[4096]);
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal)
            || (request.ToString().StartsWith("POST", StringComparison.Ordinal) && !request.ToString().Contains("action=", StringComparison.Ordinal)))
        {
            var read = await stream.ReadAsync(buffer, _over.Token);
            if (read is 0)
            {
                break;
            }

            _ = request.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return request.ToString();
    }

    private string Answer(string request)
    {
        if (!request.StartsWith("POST", StringComparison.Ordinal))
        {
            var rows = _topology.Balanced.Select(name => $"amqp,{name},{(Nodes[name].IsDown ? "DOWN" : Nodes[name].Balancer)},L7OK,{Nodes[name].Sessions}\n");
            var csv = $"# pxname,svname,status,check_status,scur\n{string.Concat(rows)}";
            return $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {csv.Length}\r\n\r\n{csv}";
        }

        var form = request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split('&').Select(static field => field.Split('=')[1]).ToList();
        var (name, action) = (form[1], form[2]);
        Tell($"{name} {action}");
        switch (action)
        {
            case BalancerStatistics.Drain:
                Nodes[name].Balancer = "DRAIN";
                break;
            case BalancerStatistics.Ready:
                Nodes[name].Balancer = "UP";
                break;
            default:
                Nodes[name].Sessions = 0;
                break;
        }

        return "HTTP/1.1 303 See Other\r\nConnection: close\r\nLocation: /;st=DONE\r\nContent-Length: 0\r\n\r\n";
    }
}
