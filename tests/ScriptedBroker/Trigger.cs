namespace ScriptedAmqp;

/// <summary>
/// The first half of a line of a script: which moment is meant. The call that says what happens then adds the line.
/// </summary>
public sealed class Trigger<TMethod>
    where TMethod : ClientMethod
{
    private readonly ScriptedBroker _broker;
    private readonly List<Rule> _script;
    private Func<TMethod, bool> _where;
    private int _skip;
    private int _times = int.MaxValue;

    internal Trigger(ScriptedBroker broker, List<Rule> script, Func<TMethod, bool>? where) =>
        (_broker, _script, _where) = (broker, script, where ?? (_ => true));

    /// <summary>Not at the first <paramref name="count"/> of these moments.</summary>
    public Trigger<TMethod> Skip(int count)
    {
        _skip = count;
        return this;
    }

    /// <summary>At <paramref name="count"/> of these moments; without this, at every one.</summary>
    public Trigger<TMethod> Times(int count)
    {
        _times = count;
        return this;
    }

    public Trigger<TMethod> Once() => Times(1);

    /// <summary>The method is received, and neither executed nor answered until <see cref="Rule.Release"/>.</summary>
    public Rule Withhold() => Add((rule, method) => rule.Withhold(method));

    /// <summary><c>channel.close</c>, as when the method is refused.</summary>
    public Rule CloseChannel(ushort replyCode, string replyText) =>
        Do(method => method.Connection.CloseChannel(method.Channel, replyCode, replyText, method));

    /// <summary><c>connection.close</c>, as when the method is refused.</summary>
    public Rule CloseConnection(ushort replyCode, string replyText) =>
        Do(method => method.Connection.Close(replyCode, replyText));

    /// <summary>The stream ends (FIN).</summary>
    public Rule Disconnect() => Do(method => method.Connection.Disconnect());

    /// <summary>The connection is reset (RST).</summary>
    public Rule Reset() => Do(method => method.Connection.Reset());

    /// <summary>The connection stays, and nothing is read from it or written to it any more.</summary>
    public Rule Freeze() => Do(method => method.Connection.Freeze());

    /// <summary>Any octets, AMQP or not.</summary>
    public Rule Send(ReadOnlySpan<byte> octets)
    {
        var copy = octets.ToArray();
        return Do(method => method.Connection.Send(copy));
    }

    /// <summary>Anything that the method, its connection or the broker offer. Must not block.</summary>
    public Rule Do(Action<TMethod> action) => Add((_, method) => action(method));

    private Rule Add(Action<Rule, TMethod> action) => _broker.Add(_script, new Rule(
        _broker,
        method => method is TMethod wanted && _where(wanted),
        _skip,
        _times,
        (rule, method) => action(rule, (TMethod)method)));
}
