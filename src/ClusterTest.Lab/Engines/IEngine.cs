using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines;

/// <summary>Starts, finds and signals the parts of a lab: the nodes and the balancer. An engine need not know what a part is for.</summary>
internal interface IEngine
{
    /// <summary>The engine's name.</summary>
    public Engine Kind { get; }

    /// <summary>Where the parts run, for the message that they are being started; begins with a space, or is empty.</summary>
    public string Whereabouts { get; }

    /// <summary>The ports that a user of the lab sees.</summary>
    public LabPorts Ports { get; }

    /// <summary>The content of <c>lab.json</c> for this engine and its settings.</summary>
    public LabMarker Marker { get; }

    /// <summary>Whether the engine can cut a part off from the other parts.</summary>
    public bool CanCut { get; }

    /// <summary>Makes sure that this machine has everything that the engine needs.</summary>
    /// <exception cref="LabException">Something is missing. The message says what.</exception>
    public Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>Makes sure that the engine can say which parts exist.</summary>
    /// <exception cref="LabException">The engine does not answer.</exception>
    public Task RequireAsync(CancellationToken cancellationToken);

    /// <summary>Makes everything that the parts need before they start, in a directory without data.</summary>
    /// <returns>Whether the parts were started, too.</returns>
    public Task<bool> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Repairs everything that the parts need, but not the parts.</summary>
    public Task RepairAsync(CancellationToken cancellationToken);

    /// <summary>Whether any part exists, in any state.</summary>
    public Task<bool> ExistsAsync(CancellationToken cancellationToken);

    /// <summary>Looks at the parts from outside.</summary>
    /// <returns>All parts, by name.</returns>
    public Task<IReadOnlyDictionary<string, LabPart>> LookAsync(CancellationToken cancellationToken);

    /// <summary>Whether a part has no process, not even one that is starting.</summary>
    public Task<bool> IsGoneAsync(string part, CancellationToken cancellationToken);

    /// <summary>Whether something listens at a part's address; null if only a connection can tell.</summary>
    public bool? IsListening(AmqpAddress address);

    /// <summary>The address by which the other parts reach a node. It stays the same while the lab is up.</summary>
    public AmqpAddress InnerAddressOf(string node);

    /// <summary>
    /// The address by which clients on this machine reach a node of <see cref="Topology.OwnEntrances"/>, or <see cref="Topology.Address"/>. It stays the same
    /// while the lab is up.
    /// </summary>
    public AmqpAddress EntranceOf(string node);

    /// <summary>The address, without a port, by which the parts reach programs that run on this machine.</summary>
    public Task<string> FindHostAsync(CancellationToken cancellationToken);

    /// <summary>The client ends of a part's connections: a different string for each.</summary>
    public Task<IReadOnlySet<string>> FindPeersAsync(string part, CancellationToken cancellationToken);

    /// <summary>Starts a part that is down; does not wait until the part works.</summary>
    public Task StartAsync(string part, CancellationToken cancellationToken);

    /// <summary>Asks a part to end (SIGTERM); returns when the part is gone.</summary>
    public Task EndAsync(string part, CancellationToken cancellationToken);

    /// <summary>Ends a part by SIGKILL; returns when the part is gone.</summary>
    public Task KillAsync(string part, CancellationToken cancellationToken);

    /// <summary>Freezes all processes of a part; returns when they are stopped.</summary>
    public Task PauseAsync(string part, CancellationToken cancellationToken);

    /// <summary>Lets a frozen part go on. Does nothing to a part that is not frozen.</summary>
    public Task ResumeAsync(string part, CancellationToken cancellationToken);

    /// <summary>Cuts a part off from the other parts. Only an engine with <see cref="CanCut"/> can do that.</summary>
    public Task CutAsync(string part, CancellationToken cancellationToken);

    /// <summary>Undoes <see cref="CutAsync"/>. Does nothing to a part that is not cut off.</summary>
    public Task JoinAsync(string part, CancellationToken cancellationToken);

    /// <summary>Runs a program of a part, beside the part, and returns the program's output.</summary>
    public Task<CtlResult> ExecAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken);

    /// <summary>Runs a program of a part, beside the part, with this program's own input, output and error.</summary>
    /// <returns>The exit code of the program.</returns>
    public Task<int> ExecInForegroundAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken);

    /// <summary>The end of a part's log, with a sentence before it.</summary>
    public Task<string> LogTailAsync(string part, CancellationToken cancellationToken);

    /// <summary>Ends everything that belongs to the lab; returns when only the state directory is left.</summary>
    /// <returns>How many processes or containers were ended.</returns>
    public Task<int> RemoveAsync(CancellationToken cancellationToken);
}
