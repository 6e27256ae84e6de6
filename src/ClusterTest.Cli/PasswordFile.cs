namespace ClusterTest.Cli;

/// <summary>The file whose first line is the password. A file is read again for each connect, a pipe only once.</summary>
internal sealed class PasswordFile
{
    private const string Option = "--password-file";

    private readonly string _path;
    private readonly Renewable<string> _password;
    private bool _isPipe;

    /// <summary>Reads the file for the first time.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used; the message is for the user.</exception>
    public PasswordFile(string path)
    {
        _path = path;
        _password = new(Read);
    }

    /// <summary>Gives the password that the file contains now, or the last one if the file cannot be used.</summary>
    /// <param name="warn">Called with a warning, once for each reason, if the file cannot be used.</param>
    public string Renewed(Action<string> warn) => _isPipe ? _password.Last : _password.Renewed(warn);

    private string Read()
    {
        var path = _path.Length == 0 ? "''" : Path.GetFullPath(_path);
        try
        {
            using var file = File.OpenRead(_path);
            _isPipe = !file.CanSeek;
            using var reader = new StreamReader(file);
            return reader.ReadLine() is { Length: > 0 } password
                ? password
                : throw new InvalidDataException($"{Option}: the first line of {path} is empty; it should be the password.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"{Option}: there is no file {path}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{Option}: {path} cannot be read; it must be a file that this user may read.", exception);
        }
    }
}
