using System.Globalization;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class MessageIdTests
{
    private const int Count = 100_000;

    [Fact]
    public async Task Are_unique_over_all_threads_and_in_order_on_each()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(static _ => Task.Run(static () => Enumerable.Range(0, Count).Select(static _ => New()).ToList())));
        Assert.Equal(4 * Count, made.SelectMany(static ids => ids).Distinct(StringComparer.Ordinal).Count());
        Assert.All(made, static ids => Assert.Equal(ids.Order(StringComparer.Ordinal), ids));
    }

    [Fact]
    public void Are_version_7_uuids_of_this_moment()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var text = New();
        var after = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var id = Guid.ParseExact(text, "D");
        Assert.Equal(text, id.ToString());
        Assert.Equal((7, 8), (id.Version, id.Variant & 0xC));
        Assert.InRange(long.Parse(text[..8] + text[9..13], NumberStyles.HexNumber, CultureInfo.InvariantCulture), before, after);
    }

    private static string New() => new OutgoingMessage { Body = default }.MessageId;
}
