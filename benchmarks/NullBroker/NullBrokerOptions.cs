using System.Net;

namespace NullAmqp;

/// <summary>Where the broker listens, and what it delivers.</summary>
internal sealed record NullBrokerOptions
{
    /// <summary>Gets the address to listen at.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Gets the port; 0: any.</summary>
    public int Port { get; init; }

    /// <summary>Gets the least number of bytes in a delivered body.</summary>
    public int BodySize { get; init; } = 256;

    /// <summary>Gets a value indicating whether consumers get nothing.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Gets a value indicating whether each body has the message's number and a digest over it.</summary>
    public bool IsSealed { get; init; }
}
