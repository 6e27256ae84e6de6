namespace ClusterTest.Lab.Tests;

/// <summary>A copy of the files that Compose reads from the repository, with the permissions of a checkout with umask 077, in a path with a space.</summary>
internal sealed class StrictCheckout : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("cluster test checkout ").FullName;

    internal StrictCheckout()
    {
        var source = RepositoryRoot.Find();
        string[] files =
        [
            "docker-compose.yml", "docker-compose.secure.yml", "haproxy.cfg", Path.Combine("eng", "secrets"),
            .. Directory.EnumerateFiles(Path.Combine(source, "docker")).Select(file => Path.GetRelativePath(source, file)),
        ];
        foreach (var file in files)
        {
            var copy = Path.Combine(_root, file);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(source, file), copy);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path.GetDirectoryName(copy)!, OwnerOnly);
                File.SetUnixFileMode(copy, File.GetUnixFileMode(copy) & OwnerOnly);
            }
        }
    }

    internal string Root => _root;

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
