namespace ClusterTest.Reconnect;

/// <summary>Ways to log in (SASL). If several are set, a session uses the first that the broker offers: a certificate before a password.</summary>
[Flags]
public enum AuthMechanisms
{
    /// <summary>None; not valid in <see cref="ClusterOptions"/>.</summary>
    None = 0,

    /// <summary>With user name and password.</summary>
    Plain = 1,

    /// <summary>
    /// With the client certificate of the TLS connection (<see cref="TlsOptions.ClientCertificate"/>). RabbitMQ needs its plugin
    /// <c>rabbitmq_auth_mechanism_ssl</c> for it.
    /// </summary>
    External = 2,
}
