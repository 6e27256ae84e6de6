namespace ClusterTest.Cli;

/// <summary>
/// What is read from files, for each connect anew, so that what was renewed is used without a restart. While it cannot be used, because half of a
/// renewal has happened for example, what was read last holds.
/// </summary>
/// <typeparam name="T">What is read.</typeparam>
internal sealed class Renewable<T>
    where T : class
{
    private readonly Func<T> _read;
    private readonly Lock _lock = new();
    private T? _first;
    private T _last;
    private string? _warnedOf;

    /// <summary>Reads for the first time.</summary>
    /// <param name="read">Reads, or throws <see cref="InvalidDataException"/> with a message for the user.</param>
    public Renewable(Func<T> read)
    {
        _read = read;
        _first = _last = read();
    }

    /// <summary>Gets what was read last.</summary>
    public T Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Gives what there is now.</summary>
    /// <param name="warn">Is told, once for each reason, that it cannot be used.</param>
    public T Renewed(Action<string> warn)
    {
        // Several sessions connect at once.
        lock (_lock)
        {
            // What was just read need not be read again.
            if (_first is { } first)
            {
                _first = null;
                return first;
            }

            try
            {
                _last = _read();
                _warnedOf = null;
            }
            catch (InvalidDataException exception)
            {
                if (_warnedOf != exception.Message)
                {
                    _warnedOf = exception.Message;
                    warn($"{exception.Message} What was read before is used");
                }
            }

            return _last;
        }
    }
}
