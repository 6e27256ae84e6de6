namespace ScriptedAmqp;

/// <summary>One line of a script, as written: what it did so far, and how to end it.</summary>
public sealed class Rule
{
    private readonly ScriptedBroker _broker;
    private readonly Func<ClientMethod, bool> _matches;
    private readonly Action<Rule, ClientMethod> _action;
    private readonly Queue<ClientMethod> _withheld = [];
    private int _skip;
    private int _times;

    internal Rule(ScriptedBroker broker, Func<ClientMethod, bool> matches, int skip, int times, Action<Rule, ClientMethod> action) =>
        (_broker, _matches, _skip, _times, _action) = (broker, matches, skip, times, action);

    /// <summary>How often it fired.</summary>
    public int Hits { get; private set; }

    /// <summary>It does not fire again. What it withholds stays withheld.</summary>
    public void Remove() => _broker.Update(() => _times = 0);

    /// <summary>It does not fire again, and what it withholds is executed and answered now, in order.</summary>
    public void Release() => _broker.Update(() =>
    {
        _times = 0;
        while (_withheld.TryDequeue(out var method))
        {
            _broker.Execute(method);
        }
    });

    internal void Withhold(ClientMethod method) => _withheld.Enqueue(method);

    internal bool TryFire(ClientMethod method)
    {
        if (_times == 0 || !_matches(method) || _skip-- > 0)
        {
            return false;
        }

        _skip = 0;
        _times--;
        Hits++;
        _action(this, method);
        return true;
    }
}
