using System.IO.Pipes;
using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed class PatientStreamTests : IDisposable
{
    private const int Kibibyte = 1024;

    // A pipe takes 64 KiB (pipe(7)).
    private static readonly byte[] More = new byte[256 * Kibibyte];

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out);
    private readonly WritePatience _patience = new();
    private readonly PatientStream _stream;

    public PatientStreamTests() => _stream = new((int)_pipe.SafePipeHandle.DangerousGetHandle(), _patience);

    [Fact]
    public async Task A_reader_that_is_slow_gets_all_after_the_end_too()
    {
        using var reader = new AnonymousPipeClientStream(PipeDirection.In, _pipe.ClientSafePipeHandle);
        _patience.End();
        var writing = Task.Run(() => _stream.Write(More), TestContext.Current.CancellationToken);
        var buffer = new byte[64 * Kibibyte];
        for (var read = 0; read < More.Length; read += await reader.ReadAsync(buffer, TestContext.Current.CancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await writing;
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_waited_for_until_the_end_and_a_little_and_then_not_again()
    {
        var writing = Task.Run(() => _stream.Write(More), TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(writing.IsCompleted);
        _patience.End();
        await Assert.ThrowsAsync<IOException>(() => writing);
        var again = TimeProvider.System.GetTimestamp();
        Assert.Throws<IOException>(() => _stream.Write([1]));
        Assert.InRange(TimeProvider.System.GetElapsedTime(again), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _pipe.Dispose();
    }
}
