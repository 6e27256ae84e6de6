using ClusterTest.Lab.Files;
using Xunit;

namespace ClusterTest.Lab.Tests.Files;

public sealed class ClusterLockTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    private string File => Path.Combine(_directory, "lock");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_can_change_at_a_time_and_everything_cannot_meanwhile()
    {
        using var one = await ClusterLock.ShareAsync(File, TimeProvider.System, Token);
        using (await ClusterLock.ShareAsync(File, TimeProvider.System, Token))
        {
            _ = Assert.Throws<LabException>(() => ClusterLock.Take(File));
        }

        one.Dispose();
        ClusterLock.Take(File).Dispose();
    }

    [Fact]
    public async Task A_part_waits_until_everything_has_changed()
    {
        var everything = ClusterLock.Take(File);
        var part = ClusterLock.ShareAsync(File, TimeProvider.System, Token);
        Assert.False(part.IsCompleted);

        everything.Dispose();

        (await part).Dispose();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
