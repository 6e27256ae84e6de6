namespace ClusterTest.Reconnect;

/// <summary>A session could not connect, declare or start, for a reason that its <see cref="ClusterException.Fault"/> tells.</summary>
public sealed class ClusterSessionException : ClusterException
{
    internal ClusterSessionException(Fault fault, ClusterEndpoint endpoint, Exception? innerException = null)
        : base(Describe(fault, endpoint), fault, endpoint, innerException)
    {
    }
}
