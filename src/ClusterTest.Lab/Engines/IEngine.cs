using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Files;

namespace ClusterTest.Lab.Engines;

/// <summary>Starts, finds and signals the parts of a lab, the nodes and the balancer, whatever they are for.</summary>
internal interface IEngine
{
    /// <summary>Which one it is.</summary>
    public Engine Kind { get; }

    /// <summary>How the parts are run, where a message says that they are started; begins with a space.</summary>
    public string Whereabouts { get; }

    /// <summary>The ports that whoever uses the lab sees.</summary>
    public LabPorts Ports { get; }

    /// <summary>What <c>lab.json</c> says of the engine and of all that it was given.</summary>
    public LabMarker Marker { get; }

    /// <summary>Whether it can cut a part off from the others.</summary>
    public bool CanCut { get; }

    /// <summary>Sees to it that all that is needed is on this machine.</summary>
    /// <exception cref="LabException">Something is missing.</exception>
    public Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>Sees to it that it can be asked what there is of the lab.</summary>
    /// <exception cref="LabException">It does not answer.</exception>
    public Task RequireAsync(CancellationToken cancellationToken);

    /// <summary>Makes what the parts need before they start, in a directory without data.</summary>
    /// <returns>Whether that has started the parts, too.</returns>
    public Task<bool> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Mends what is needed besides the parts.</summary>
    public Task RepairAsync(CancellationToken cancellationToken);

    /// <summary>Whether any part is there, whatever its state.</summary>
    public Task<bool> ExistsAsync(CancellationToken cancellationToken);

    /// <summary>Looks at the parts from outside.</summary>
    /// <returns>Every one of them, by its name.</returns>
    public Task<IReadOnlyDictionary<string, LabPart>> LookAsync(CancellationToken cancellationToken);

    /// <summary>Whether a part has no process, not even one that is starting.</summary>
    public Task<bool> IsGoneAsync(string part, CancellationToken cancellationToken);

    /// <summary>Whether something listens at a part's address; null if only a connection would tell.</summary>
    public bool? IsListening(AmqpAddress address);

    /// <summary>The other ends of the connections that clients have with a part, in whatever words, as long as they differ.</summary>
    public Task<IReadOnlySet<string>> FindPeersAsync(string part, CancellationToken cancellationToken);

    /// <summary>Starts a part that is down; does not wait until it works.</summary>
    public Task StartAsync(string part, CancellationToken cancellationToken);

    /// <summary>Asks a part to end (SIGTERM) and returns when it is gone.</summary>
    public Task EndAsync(string part, CancellationToken cancellationToken);

    /// <summary>Ends a part by SIGKILL and returns when it is gone.</summary>
    public Task KillAsync(string part, CancellationToken cancellationToken);

    /// <summary>Stops all processes of a part and returns when they stand still.</summary>
    public Task PauseAsync(string part, CancellationToken cancellationToken);

    /// <summary>Lets a part go on that stands still. Does nothing to one that does not.</summary>
    public Task ResumeAsync(string part, CancellationToken cancellationToken);

    /// <summary>Cuts a part off from the others, if <see cref="CanCut"/>.</summary>
    public Task CutAsync(string part, CancellationToken cancellationToken);

    /// <summary>Undoes that. Does nothing to a part that is not cut off.</summary>
    public Task JoinAsync(string part, CancellationToken cancellationToken);

    /// <summary>Runs a program of a part's, beside it, and keeps what it says.</summary>
    public Task<CtlResult> ExecAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken);

    /// <summary>The same with this program's own input, output and error.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> ExecInForegroundAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken);

    /// <summary>The end of a part's log, as a sentence.</summary>
    public Task<string> LogTailAsync(string part, CancellationToken cancellationToken);

    /// <summary>Ends everything that belongs to the lab, and returns when nothing of it is left but its directory.</summary>
    /// <returns>How many processes or containers there were.</returns>
    public Task<int> RemoveAsync(CancellationToken cancellationToken);
}
