using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterTest.Reconnect;

/// <summary>The addresses of the cluster, the login, the topology, and the time limits for connecting and recovering.</summary>
public sealed record ClusterOptions
{
    /// <summary>The default of <see cref="VirtualHost"/>.</summary>
    public const string DefaultVirtualHost = "/";

    /// <summary>The default of <see cref="Heartbeat"/>.</summary>
    public static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(10);

    /// <summary>The default of <see cref="ChannelMax"/>.</summary>
    public const int DefaultChannelMax = 2047;

    /// <summary>The least <see cref="ChannelMax"/>.</summary>
    public const int LeastChannelMax = 32;

    /// <summary>The default of <see cref="AttemptTimeout"/>.</summary>
    public static readonly TimeSpan DefaultAttemptTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The default of <see cref="MaxBackoff"/>.</summary>
    public static readonly TimeSpan DefaultMaxBackoff = TimeSpan.FromSeconds(1);

    /// <summary>The least <see cref="MaxBackoff"/>: 10 ms.</summary>
    public static readonly TimeSpan LeastMaxBackoff = TimeSpan.FromMilliseconds(10);

    /// <summary>The greatest <see cref="MaxBackoff"/>: 1 hour.</summary>
    public static readonly TimeSpan GreatestMaxBackoff = TimeSpan.FromHours(1);

    /// <summary>The default of <see cref="ReadyTimeout"/>.</summary>
    public static readonly TimeSpan DefaultReadyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The default of <see cref="StallTimeout"/>.</summary>
    public static readonly TimeSpan DefaultStallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The default of <see cref="RefusalTimeout"/>.</summary>
    public static readonly TimeSpan DefaultRefusalTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The default of <see cref="DrainTimeout"/>.</summary>
    public static readonly TimeSpan DefaultDrainTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets the addresses to connect to. A session tries them in turn, so write the load balancer first. A session that is lost after it served for a
    /// second or longer begins at the first address again; a session that was lost sooner, stalled, timed out or no longer served its consumer continues with
    /// the next address.
    /// </summary>
    public required IReadOnlyList<ClusterEndpoint> Endpoints { get; init; }

    /// <summary>Gets the exchange, queue and binding that each session declares before it starts.</summary>
    public required Topology Topology { get; init; }

    /// <summary>Gets the virtual host.</summary>
    /// <value>The default is <c>/</c>.</value>
    public string VirtualHost { get; init; } = DefaultVirtualHost;

    /// <summary>Gets the user name.</summary>
    /// <value>The default is <c>guest</c>.</value>
    public string UserName { get; init; } = "guest";

    /// <summary>
    /// Gets the function that returns the password. The function is called before each attempt to connect, so that a changed password is used without a
    /// restart. When the function throws, the attempt fails and is retried. The password is never logged.
    /// </summary>
    /// <value>The default returns <c>guest</c>.</value>
    public Func<string> Password { get; init; } = static () => "guest";

    /// <summary>Gets the ways to log in. A session uses the first that the broker offers.</summary>
    /// <value>The default is <see cref="AuthMechanisms.Plain"/>.</value>
    public AuthMechanisms AuthMechanisms { get; init; } = AuthMechanisms.Plain;

    /// <summary>
    /// Gets the function that returns the TLS options for endpoints with <see cref="ClusterEndpoint.UseTls"/>. The function is called before each attempt to
    /// connect, so that renewed certificates are used without a restart. When the function throws, the attempt fails and is retried.
    /// </summary>
    /// <value>The default trusts the system's authorities, and shows no client certificate.</value>
    public Func<TlsOptions> Tls { get; init; } = static () => new TlsOptions();

    /// <summary>Gets the name of the connections in the broker's list.</summary>
    /// <value>The default is <c>cluster-test</c>; sessions after the first append <c>#2</c>, <c>#3</c> ….</value>
    public string ClientName { get; init; } = "cluster-test";

    /// <summary>Gets the number of hot sessions: connections that all work at the same time.</summary>
    /// <value>The default is 1, which keeps the order of messages; 1 to 64.</value>
    public int Sessions { get; init; } = 1;

    /// <summary>Gets the heartbeat interval to propose to the broker. The smaller of both proposals counts.</summary>
    /// <value>The default is 10 s; whole seconds, 1 s to 65,535 s.</value>
    public TimeSpan Heartbeat { get; init; } = DefaultHeartbeat;

    /// <summary>Gets the number of channels of a connection to propose to the broker. The smaller of both proposals counts.</summary>
    /// <value>The default is 2,047, as in RabbitMQ; 32 to 65,535. A session uses few channels, and for a moment after a failure about twenty.</value>
    public int ChannelMax { get; init; } = DefaultChannelMax;

    /// <summary>
    /// Gets how long one attempt to connect may take: name look-up, TCP, TLS and AMQP handshake together. After two attempts in a row whose handshake did not
    /// end in time the next one may take twice as long, and those after it four times: a cluster that many clients return to at once may need that, and an
    /// attempt that is given up and begun again costs it more.
    /// </summary>
    /// <value>The default is 5 s. A value above a minute does not grow.</value>
    public TimeSpan AttemptTimeout { get; init; } = DefaultAttemptTimeout;

    /// <summary>
    /// Gets the longest wait between two attempts. The first retry comes at once. Each further wait is random up to a bound, which doubles from 10 ms up to
    /// this value.
    /// </summary>
    /// <value>The default is 1 s; 10 ms to 1 h. With thousands of clients a longer wait spares brokers that come back, and prolongs the interruption of each
    /// client. A session that worked for a second before it was lost retries at once, whatever this value is.</value>
    public TimeSpan MaxBackoff { get; init; } = DefaultMaxBackoff;

    /// <summary>
    /// Gets how long a session that is connected may take to declare the topology and to start. After this time the session replaces the connection.
    /// </summary>
    /// <value>The default is 10 s, which is much longer than the election of a quorum queue's leader.</value>
    public TimeSpan ReadyTimeout { get; init; } = DefaultReadyTimeout;

    /// <summary>
    /// Gets how long the peer may read nothing of what is written, or confirm none of the unconfirmed messages, before the session replaces the
    /// connection. A slow broker or a slow link makes progress, so its connection is kept.
    /// </summary>
    /// <value>The default is 10 s. The time does not run while the broker blocks the connection.</value>
    public TimeSpan StallTimeout { get; init; } = DefaultStallTimeout;

    /// <summary>
    /// Gets how long no session may be open before all sessions give up. While one session is open, the others may go on recovering. A session that is lost
    /// within a second does not start this time again, and the time in which it was open does not count.
    /// </summary>
    /// <value>The default is <see cref="Timeout.InfiniteTimeSpan"/>: the sessions never give up.</value>
    public TimeSpan RecoveryTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Gets how long the broker may refuse a session before the session ends, if the broker accepted the same before (a login, the virtual host, a
    /// permission, a certificate) or refuses it because a limit is reached (of connections, channels or queues). The time runs while the session hears
    /// nothing but refusals and no session is open.
    /// </summary>
    /// <value>
    /// The default is 5 min. With <see cref="TimeSpan.Zero"/> the session ends at once, with <see cref="Timeout.InfiniteTimeSpan"/> never.
    /// </value>
    public TimeSpan RefusalTimeout { get; init; } = DefaultRefusalTimeout;

    /// <summary>Gets how long a stop waits for handlers, acks and confirms before it cuts the connections.</summary>
    /// <value>The default is 5 s.</value>
    public TimeSpan DrainTimeout { get; init; } = DefaultDrainTimeout;

    /// <summary>
    /// Gets the observer of all sessions' state changes. A task of its own calls the observer, one change at a time and in order, so that a slow
    /// observer delays neither the socket nor the recovery. A consumer handles no message before the observer has returned from the
    /// <see cref="SessionState.Open"/> of the message's session.
    /// </summary>
    public Action<SessionEvent>? OnSessionEvent { get; init; }

    /// <summary>Gets the clock and timers.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets the factory of the loggers.</summary>
    /// <value>The default logs nothing.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Gets the function that finds the addresses of a host; tests replace it.</summary>
    internal Func<string, Task<IPAddress[]>> LookUp { get; init; } = static host => Dns.GetHostAddressesAsync(host);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfZero(Endpoints.Count, nameof(Endpoints));
        foreach (var endpoint in Endpoints)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(endpoint.Host, nameof(Endpoints));
            ArgumentOutOfRangeException.ThrowIfLessThan(endpoint.Port, 1, nameof(Endpoints));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(endpoint.Port, ushort.MaxValue, nameof(Endpoints));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Sessions, 1, nameof(Sessions));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Sessions, 64, nameof(Sessions));
        ArgumentOutOfRangeException.ThrowIfLessThan(Heartbeat, TimeSpan.FromSeconds(1), nameof(Heartbeat));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Heartbeat, TimeSpan.FromSeconds(ushort.MaxValue), nameof(Heartbeat));
        ArgumentOutOfRangeException.ThrowIfLessThan(ChannelMax, LeastChannelMax, nameof(ChannelMax));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ChannelMax, ushort.MaxValue, nameof(ChannelMax));
        ArgumentOutOfRangeException.ThrowIfEqual((int)AuthMechanisms, (int)AuthMechanisms.None, nameof(AuthMechanisms));
        ArgumentOutOfRangeException.ThrowIfNotEqual((int)(AuthMechanisms & ~(AuthMechanisms.Plain | AuthMechanisms.External)), 0, nameof(AuthMechanisms));
        ThrowUnlessTimerTakes(AttemptTimeout, nameof(AttemptTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBackoff, LeastMaxBackoff, nameof(MaxBackoff));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBackoff, GreatestMaxBackoff, nameof(MaxBackoff));
        ThrowUnlessTimerTakes(ReadyTimeout, nameof(ReadyTimeout));
        ThrowUnlessTimerTakes(StallTimeout, nameof(StallTimeout));
        if (DrainTimeout != TimeSpan.Zero)
        {
            ThrowUnlessTimerTakes(DrainTimeout, nameof(DrainTimeout));
        }

        if (RecoveryTimeout != Timeout.InfiniteTimeSpan)
        {
            ThrowUnlessTimerTakes(RecoveryTimeout, nameof(RecoveryTimeout));
        }

        if (RefusalTimeout != TimeSpan.Zero && RefusalTimeout != Timeout.InfiniteTimeSpan)
        {
            ThrowUnlessTimerTakes(RefusalTimeout, nameof(RefusalTimeout));
        }

        Topology.Validate();
    }

    // The client library holds its timeouts in milliseconds as an int: at most 24 days.
    internal static void ThrowUnlessTimerTakes(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(int.MaxValue), name);
    }
}
