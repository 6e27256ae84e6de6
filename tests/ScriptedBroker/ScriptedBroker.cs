using System.Runtime.CompilerServices;
using ScriptedAmqp.Internal;

namespace ScriptedAmqp;

/// <summary>
/// An in-process AMQP 0-9-1 broker that behaves like RabbitMQ by default, and misbehaves as a test's script tells it to.
/// Queues and messages outlive connections. All of it may be read and called from any thread.
/// </summary>
/// <example><code>
/// await using var broker = ScriptedBroker.Start();
/// broker.On&lt;QueueDeclare&gt;().Times(3).CloseChannel(404, "NOT_FOUND - home node is down");
/// broker.After&lt;BasicConsume&gt;().Once().Disconnect();
/// </code></example>
public sealed partial class ScriptedBroker : IAsyncDisposable
{
    /// <summary>How long a wait lasts when the test does not say: long enough for a busy machine.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _sync = new();
    private readonly ChangeSignal _changes = new();
    private readonly List<Rule> _instead = [];
    private readonly List<Rule> _after = [];
    private readonly long _startedAt;
    private Exception? _failure;
    private int _unconfirmed;

    private ScriptedBroker(ScriptedBrokerOptions options)
    {
        Options = options;
        VirtualHost = new(options);
        _startedAt = options.TimeProvider.GetTimestamp();
    }

    public ScriptedBrokerOptions Options { get; }

    /// <summary>Every connection ever accepted, in order.</summary>
    public Journal<BrokerConnection> Connections { get; } = new();

    public IReadOnlyList<BrokerConnection> OpenConnections => [.. Connections.Where(connection => connection.IsOpen)];

    /// <summary>All that came on any connection, in order.</summary>
    public Journal<ClientMethod> Received { get; } = new();

    /// <summary>What was published in confirm mode and is neither confirmed nor nacked yet, over all open channels.</summary>
    public IReadOnlyList<BasicPublish> Unconfirmed
    {
        get
        {
            lock (_sync)
            {
                return [.. Connections.SelectMany(connection => connection.UnconfirmedPublishes)];
            }
        }
    }

    /// <summary>The most unconfirmed publishes that there ever were at one moment, over all connections.</summary>
    public int MaxUnconfirmed { get; private set; }

    internal VirtualHost VirtualHost { get; }

    internal TimeSpan Elapsed => Options.TimeProvider.GetElapsedTime(_startedAt);

    public static ScriptedBroker Start(ScriptedBrokerOptions? options = null)
    {
        var broker = new ScriptedBroker(options ?? new());
        broker.StartListening();
        return broker;
    }

    /// <summary>
    /// A line of the script that acts in place of the answer. Of the lines that match, the first that is not used up acts.
    /// </summary>
    public Trigger<TMethod> On<TMethod>(Func<TMethod, bool>? where = null)
        where TMethod : ClientMethod => new(this, _instead, where);

    /// <summary>A line of the script that acts after the answer was given.</summary>
    public Trigger<TMethod> After<TMethod>(Func<TMethod, bool>? where = null)
        where TMethod : ClientMethod => new(this, _after, where);

    /// <summary>
    /// From now on publishes are stored or returned, but not confirmed. <see cref="Rule.Remove"/> ends it; those in
    /// <see cref="Unconfirmed"/> then wait for the test to settle them.
    /// </summary>
    public Rule WithholdConfirms() => On<BasicPublish>().Do(publish => publish.Store());

    /// <summary>Waits until the condition holds. It is looked at again whenever anything has changed.</summary>
    public Task WaitForAsync(
        Func<ScriptedBroker, bool> condition,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(condition))] string expression = "") =>
        _changes.WaitForAsync(
            () => Holds(condition),
            timeout ?? DefaultTimeout,
            () => $"{expression}{Environment.NewLine}{Describe()}");

    /// <summary>Waits until so many such methods have come, and returns the last of them.</summary>
    public async Task<TMethod> ReceivedAsync<TMethod>(
        Func<TMethod, bool>? where = null,
        int count = 1,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(where))] string? expression = null)
        where TMethod : ClientMethod
    {
        TMethod? found = null;
        var (looked, matches) = (0, 0);
        await WaitForAsync(_ => Found(), timeout, $"{count} × {typeof(TMethod).Name} {expression}");
        return found!;

        bool Found()
        {
            while (found is null && looked < Received.Count)
            {
                found = Received[looked++] is TMethod method && (where?.Invoke(method) ?? true) && ++matches == count ? method : null;
            }

            return found is not null;
        }
    }

    /// <summary>Waits until so many connections are open at once, and returns them.</summary>
    public async Task<IReadOnlyList<BrokerConnection>> OpenConnectionsAsync(int count, TimeSpan? timeout = null)
    {
        IReadOnlyList<BrokerConnection> open = [];
        await WaitForAsync(broker => (open = broker.OpenConnections).Count == count, timeout, $"{count} open connections");
        return open;
    }

    public async ValueTask DisposeAsync() => await StopServingAsync();

    internal void Update(Action change)
    {
        lock (_sync)
        {
            change();
        }

        _changes.Set();
    }

    internal Rule Add(List<Rule> script, Rule rule)
    {
        Update(() => script.Add(rule));
        return rule;
    }

    internal void Receive(ClientMethod method)
    {
        Received.Add(method);
        if (!method.Connection.IsLive(method) || !_instead.ToArray().Any(rule => rule.TryFire(method)))
        {
            Execute(method);
        }
    }

    internal void Execute(ClientMethod method)
    {
        var isLive = method.Connection.IsLive(method);
        method.Connection.Execute(method);
        _ = isLive && _after.ToArray().Any(rule => rule.TryFire(method));
    }

    internal void CountUnconfirmed(int change)
    {
        _unconfirmed += change;
        MaxUnconfirmed = Math.Max(MaxUnconfirmed, _unconfirmed);
    }

    internal void Fail(Exception exception) => Update(() => _failure ??= exception);

    // Under the lock, so that a condition never sees a method that was received but not executed yet.
    private bool Holds(Func<ScriptedBroker, bool> condition)
    {
        lock (_sync)
        {
            return _failure is null ? condition(this) : throw new InvalidOperationException("The broker failed.", _failure);
        }
    }

    private string Describe() => string.Join(
        Environment.NewLine,
        Received.TakeLast(20).Select(method => $"  {method.At.TotalMilliseconds,8:F1} ms  {method.Connection}: {method}"));
}
