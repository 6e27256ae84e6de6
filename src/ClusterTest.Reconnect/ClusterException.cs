namespace ClusterTest.Reconnect;

/// <summary>The base of what this library throws for faults of the cluster; misuse throws the framework's own exceptions.</summary>
public abstract class ClusterException : Exception
{
    private protected ClusterException(string message, Fault fault, ClusterEndpoint endpoint, Exception? innerException)
        : base(message, innerException)
    {
        Fault = fault;
        Endpoint = endpoint;
    }

    /// <summary>Gets what happened.</summary>
    public Fault Fault { get; }

    /// <summary>Gets where it happened.</summary>
    public ClusterEndpoint Endpoint { get; }

    /// <summary>Gets a value indicating whether trying again later can help.</summary>
    public bool IsTransient => Fault.Verdict == FaultVerdict.Transient;

    private protected static string Describe(Fault fault, ClusterEndpoint endpoint) =>
        fault.Advice.Length == 0 ? $"{endpoint}: {fault.Message}." : $"{endpoint}: {fault.Message}. {fault.Advice}";
}
