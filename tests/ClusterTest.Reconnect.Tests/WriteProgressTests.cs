using ClusterTest.Reconnect.Internal.Connections;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public class WriteProgressTests
{
    private const int Megabyte = 1024 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly WriteProgress _progress;

    public WriteProgressTests() => _progress = new WriteProgress(_time);

    [Fact]
    public void A_peer_is_written_to_in_small_pieces_at_first() => Assert.Equal(WriteProgress.SmallPiece, _progress.NextPiece());

    [Fact]
    public void A_peer_that_reads_fast_is_written_to_in_larger_pieces()
    {
        Write(8 * Megabyte, TimeSpan.FromSeconds(1));

        Assert.Equal(8 * Megabyte / 32, _progress.NextPiece());
    }

    [Fact]
    public void A_piece_has_a_largest_size()
    {
        Write(1000 * Megabyte, TimeSpan.FromSeconds(1));

        Assert.Equal(WriteProgress.LargePiece, _progress.NextPiece());
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(1)]
    public void What_the_kernel_takes_at_once_for_a_slow_peer_makes_no_larger_pieces(double seconds)
    {
        Write(4 * Megabyte, TimeSpan.FromSeconds(seconds));

        Assert.Equal(WriteProgress.SmallPiece, _progress.NextPiece());
    }

    [Fact]
    public void A_peer_that_has_become_slow_is_written_to_in_small_pieces_again()
    {
        Write(100 * Megabyte, TimeSpan.FromSeconds(1));
        Assert.Equal(WriteProgress.LargePiece, _progress.NextPiece());

        Write(WriteProgress.LargePiece, TimeSpan.FromSeconds(5));

        Assert.Equal(WriteProgress.SmallPiece, _progress.NextPiece());
    }

    [Fact]
    public void A_peer_that_was_fast_before_a_pause_is_written_to_in_small_pieces_after_it()
    {
        Write(100 * Megabyte, TimeSpan.FromSeconds(1));
        Assert.Equal(WriteProgress.LargePiece, _progress.NextPiece());

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(WriteProgress.SmallPiece, _progress.NextPiece());
    }

    private void Write(int bytes, TimeSpan takes)
    {
        _progress.Wrote(bytes);
        _time.Advance(takes);
    }
}
