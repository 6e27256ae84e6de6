namespace ClusterTest.Cli;

/// <summary>
/// A value that is read from files again for each connect, so that renewed files are used without a restart. While the files cannot be used, for example
/// in the middle of a renewal, the last value counts.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
internal sealed class Renewable<T>
    where T : class
{
    private readonly Func<T> _read;
    private readonly Lock _lock = new();
    private T? _first;
    private T _last;
    private string? _warnedOf;

    /// <summary>Reads the value for the first time.</summary>
    /// <param name="read">Reads the value, or throws <see cref="InvalidDataException"/> with a message for the user.</param>
    public Renewable(Func<T> read)
    {
        _read = read;
        _first = _last = read();
    }

    /// <summary>Gets the last value.</summary>
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

    /// <summary>Reads the value again, and gives the last value if the files cannot be used.</summary>
    /// <param name="warn">Called with a warning, once for each reason, if the files cannot be used.</param>
    public T Renewed(Action<string> warn)
    {
        // Several sessions can connect at the same time.
        lock (_lock)
        {
            // The first connect comes right after the first read, and uses its value.
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
                    warn($"{exception.Message} The program uses what it read before");
                }
            }

            return _last;
        }
    }
}
