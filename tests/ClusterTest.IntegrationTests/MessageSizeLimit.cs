using System.Globalization;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>
/// Limits the size of messages that the brokers take; disposing of the limit sets what it was before. RabbitMQ 3.10 reads the setting when a channel opens,
/// 4.3 keeps it as a persistent term.
/// </summary>
internal sealed class MessageSizeLimit : IAsyncDisposable
{
    private readonly ClusterFixture _fixture;
    private readonly string _before;

    private MessageSizeLimit(ClusterFixture fixture, string before) => (_fixture, _before) = (fixture, before);

    public static async Task<MessageSizeLimit> SetAsync(ClusterFixture fixture, int bytes)
    {
        var asked = await fixture.Cluster.CtlAsync(
            fixture.Cluster.Nodes[0].Name, ["eval", "element(2, application:get_env(rabbit, max_message_size))."], CancellationToken.None);
        var before = asked.Output.Trim();
        var limit = new MessageSizeLimit(fixture, before);
        await limit.SetAsync(bytes.ToString(CultureInfo.InvariantCulture));
        return limit;
    }

    public async ValueTask DisposeAsync() => await SetAsync(_before);

    private async Task SetAsync(string bytes)
    {
        foreach (var node in _fixture.Cluster.Nodes)
        {
            var set = await _fixture.Cluster.CtlAsync(
                node.Name,
                ["eval", $"application:set_env(rabbit, max_message_size, {bytes}), persistent_term:put(max_message_size, {bytes})."],
                CancellationToken.None);
            Assert.Equal(0, set.ExitCode);
        }
    }
}
