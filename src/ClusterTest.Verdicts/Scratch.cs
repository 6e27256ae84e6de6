using Microsoft.Win32.SafeHandles;

namespace ClusterTest.Verdicts;

/// <summary>
/// Keeps bytes while evidence is judged: the first few in memory, the rest in a file that nobody else sees and that is gone with this process. For any number
/// of threads.
/// </summary>
/// <param name="mostInMemory">The number of bytes to keep in memory.</param>
internal sealed class Scratch(long mostInMemory = Scratch.MostInMemory) : IDisposable
{
    internal const long MostInMemory = 64 << 20;

    private readonly Lock _lock = new();
    private long _inMemory;
    private long _inFile;
    private SafeFileHandle? _file;

    internal long InFile => _inFile;

    /// <summary>Keeps a copy of these bytes.</summary>
    /// <exception cref="EvidenceException">The file cannot be made or written.</exception>
    internal Piece Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_inMemory + bytes.Length <= mostInMemory)
            {
                _inMemory += bytes.Length;
                return new Piece(bytes.ToArray(), 0, bytes.Length);
            }

            try
            {
                RandomAccess.Write(_file ??= Open(), bytes, _inFile);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new EvidenceException(
                    $"Cannot store what judging needs in {Path.GetTempPath()}: {exception.Message} Set TMPDIR to a folder with more space.", exception);
            }

            var piece = new Piece(InMemory: null, _inFile, bytes.Length);
            _inFile += bytes.Length;
            return piece;
        }
    }

    /// <summary>Gives the bytes of a piece.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="buffer">Where to read them to, if they are in the file; made longer if it is too short.</param>
    internal byte[] Read(Piece piece, ref byte[] buffer)
    {
        if (piece.InMemory is { } bytes)
        {
            return bytes;
        }

        if (buffer.Length < piece.Length)
        {
            buffer = new byte[piece.Length];
        }

        for (var read = 0; read < piece.Length;)
        {
            read += RandomAccess.Read(_file!, buffer.AsSpan(read, piece.Length - read), piece.Offset + read) is > 0 and var more
                ? more
                : throw new EvidenceException("What judging had stored for itself is gone.");
        }

        return buffer;
    }

    public void Dispose() => _file?.Dispose();

    // The file has no name any more, so that nothing is left of it however the process ends.
    private static SafeFileHandle Open()
    {
        var path = Path.Combine(Path.GetTempPath(), $"cluster-test-verdict-{Guid.NewGuid():N}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(path);
        return file;
    }

    /// <summary>Where bytes are.</summary>
    internal readonly record struct Piece(byte[]? InMemory, long Offset, int Length);
}
