namespace ClusterTest.Reconnect;

/// <summary>
/// The base of all exceptions that this library throws for failures of the cluster. For misuse the library throws the framework's own exceptions.
/// </summary>
public abstract class ClusterException : Exception
{
    private protected ClusterException(string message, Failure failure, ClusterEndpoint endpoint, Exception? innerException)
        : base(message, innerException)
    {
        Failure = failure;
        Endpoint = endpoint;
    }

    /// <summary>Gets what happened.</summary>
    public Failure Failure { get; }

    /// <summary>Gets where it happened.</summary>
    public ClusterEndpoint Endpoint { get; }

    /// <summary>Gets a value indicating whether another attempt can succeed.</summary>
    public bool IsTransient => Failure.Severity == FailureSeverity.Transient;

    private protected static string Describe(Failure failure, ClusterEndpoint endpoint) =>
        failure.Advice.Length == 0 ? $"{endpoint}: {failure.Message}." : $"{endpoint}: {failure.Message}. {failure.Advice}";
}
