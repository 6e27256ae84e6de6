namespace ClusterTest.Reconnect;

/// <summary>A session could not connect, declare or start. <see cref="ClusterException.Failure"/> gives the reason.</summary>
public sealed class ClusterSessionException : ClusterException
{
    internal ClusterSessionException(Failure failure, ClusterEndpoint endpoint, Exception? innerException = null)
        : base(Describe(failure, endpoint), failure, endpoint, innerException)
    {
    }
}
