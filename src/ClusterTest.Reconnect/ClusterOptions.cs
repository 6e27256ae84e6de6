using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterTest.Reconnect;

/// <summary>Where the cluster is, what is declared there, and how patiently it is reconnected to.</summary>
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
    /// Gets the addresses to connect to, tried in turn, the load balancer first. A session that served for a second or longer comes back to the first; one
    /// that lived shorter, stalled or fell silent goes on at the next.
    /// </summary>
    public required IReadOnlyList<ClusterEndpoint> Endpoints { get; init; }

    /// <summary>Gets what is declared before every start.</summary>
    public required Topology Topology { get; init; }

    /// <summary>Gets the virtual host.</summary>
    /// <value>The default is <c>/</c>.</value>
    public string VirtualHost { get; init; } = DefaultVirtualHost;

    /// <summary>Gets the user name.</summary>
    /// <value>The default is <c>guest</c>.</value>
    public string UserName { get; init; } = "guest";

    /// <summary>
    /// Gets the password. It is called before each attempt to connect, so that a changed password is used without a restart; when it throws, the attempt
    /// has failed, and is retried. What it gives is never logged.
    /// </summary>
    /// <value>The default gives <c>guest</c>.</value>
    public Func<string> Password { get; init; } = static () => "guest";

    /// <summary>Gets how to log in: by the first of these that the broker offers.</summary>
    /// <value>The default is <see cref="AuthMechanisms.Plain"/>.</value>
    public AuthMechanisms AuthMechanisms { get; init; } = AuthMechanisms.Plain;

    /// <summary>
    /// Gets what endpoints with <see cref="ClusterEndpoint.UseTls"/> trust and show. It is called before each attempt to connect, so that
    /// renewed certificates are used without a restart; when it throws, the attempt has failed, and is retried.
    /// </summary>
    /// <value>The default trusts the system's authorities, and shows no client certificate.</value>
    public Func<TlsOptions> Tls { get; init; } = static () => new TlsOptions();

    /// <summary>Gets the name that the broker lists the connections under.</summary>
    /// <value>The default is <c>cluster-test</c>; sessions after the first append <c>#2</c>, <c>#3</c> ….</value>
    public string ClientName { get; init; } = "cluster-test";

    /// <summary>Gets the number of hot sessions: connections that all work at the same time.</summary>
    /// <value>The default is 1, which keeps the order of messages; 1 to 64.</value>
    public int Sessions { get; init; } = 1;

    /// <summary>Gets the heartbeat interval that is proposed to the broker; the smaller of both proposals holds.</summary>
    /// <value>The default is 10 s; whole seconds, 1 s to 65,535 s.</value>
    public TimeSpan Heartbeat { get; init; } = DefaultHeartbeat;

    /// <summary>Gets the number of channels of a connection that is proposed to the broker; the smaller of both proposals holds.</summary>
    /// <value>The default is 2,047, as RabbitMQ has it; 32 to 65,535. A session uses few, and for a moment after a failure some twenty.</value>
    public int ChannelMax { get; init; } = DefaultChannelMax;

    /// <summary>Gets how long one attempt to connect may take: name look-up, TCP, TLS and AMQP handshake together.</summary>
    /// <value>The default is 5 s.</value>
    public TimeSpan AttemptTimeout { get; init; } = DefaultAttemptTimeout;

    /// <summary>
    /// Gets the longest wait between two attempts. The first retry comes at once; then the bound of the wait, which is random below it, doubles from
    /// 10 ms up to this.
    /// </summary>
    /// <value>The default is 1 s; 10 ms to 1 h. With thousands of clients a longer one spares brokers that come back, and prolongs the outage of each.
    /// A session that worked for a second before it was lost begins anew with a retry at once, whatever this is.</value>
    public TimeSpan MaxBackoff { get; init; } = DefaultMaxBackoff;

    /// <summary>Gets how long a session may take, once connected, to declare the topology and to start. Past it the connection is replaced.</summary>
    /// <value>The default is 10 s, well above a quorum queue's election.</value>
    public TimeSpan ReadyTimeout { get; init; } = DefaultReadyTimeout;

    /// <summary>
    /// Gets how long the peer may take nothing of what is written, or confirm nothing though something is unconfirmed, before the connection is
    /// replaced. A slow broker and a slow link make progress, and are not replaced.
    /// </summary>
    /// <value>The default is 10 s. It does not run while the broker blocks the connection.</value>
    public TimeSpan StallTimeout { get; init; } = DefaultStallTimeout;

    /// <summary>
    /// Gets how long no session may be open before all give up. While one is open, another that cannot recover ends nothing. The time of sessions that are
    /// lost within a second does not count, and does not begin it anew.
    /// </summary>
    /// <value>The default is <see cref="Timeout.InfiniteTimeSpan"/>: it never gives up.</value>
    public TimeSpan RecoveryTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Gets how long the broker may refuse what it accepted before, or what it would accept if no limit were reached, before the session ends: a login, the
    /// virtual host, a permission, a certificate; connections, channels, queues. It counts while nothing else is heard and no session is open.
    /// </summary>
    /// <value>The default is 5 min. <see cref="TimeSpan.Zero"/> ends the session at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</value>
    public TimeSpan RefusalTimeout { get; init; } = DefaultRefusalTimeout;

    /// <summary>Gets how long stopping may wait for handlers, acks and confirms before the connections are aborted.</summary>
    /// <value>The default is 5 s.</value>
    public TimeSpan DrainTimeout { get; init; } = DefaultDrainTimeout;

    /// <summary>
    /// Gets the observer of all sessions' state changes. Calls come one at a time, in order, from a task of their own, so that a slow
    /// observer delays neither the socket nor recovery; a consumer's messages wait until the <see cref="SessionState.Open"/> before them was observed.
    /// </summary>
    public Action<SessionEvent>? OnSessionEvent { get; init; }

    /// <summary>Gets the clock and timers.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets where logs go.</summary>
    /// <value>The default writes nothing.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Gets what finds the addresses of a host; the tests have their own.</summary>
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

    // The client library counts its timeouts in milliseconds as an int: 24 days.
    internal static void ThrowUnlessTimerTakes(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(int.MaxValue), name);
    }
}
