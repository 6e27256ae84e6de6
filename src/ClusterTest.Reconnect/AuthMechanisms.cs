namespace ClusterTest.Reconnect;

/// <summary>Ways to log in (SASL). Of several, the first that the broker offers is used: a certificate before a password.</summary>
[Flags]
public enum AuthMechanisms
{
    /// <summary>None; not valid in <see cref="ClusterOptions"/>.</summary>
    None = 0,

    /// <summary>By user name and password.</summary>
    Plain = 1,

    /// <summary>By the certificate that TLS shows (<see cref="TlsOptions.ClientCertificate"/>); it takes RabbitMQ's plugin <c>rabbitmq_auth_mechanism_ssl</c>.</summary>
    External = 2,
}
