using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ScriptedAmqp.Tests.Support;

/// <summary>Keeps what it is handed.</summary>
internal sealed class RecordingConsumer(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private readonly Channel<BasicDeliverEventArgs> _delivered =
        System.Threading.Channels.Channel.CreateUnbounded<BasicDeliverEventArgs>();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<BasicDeliverEventArgs> Deliveries { get; } = [];

    public Task Cancelled => _cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);

    public async Task WaitForAsync(int count)
    {
        while (Deliveries.Count < count)
        {
            Deliveries.Add(await _delivered.Reader.ReadAsync(TestContext.Current.CancellationToken));
        }
    }

    public override async Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default) => await _delivered.Writer.WriteAsync(
            new(consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, body.ToArray(), cancellationToken),
            cancellationToken);

    public override async Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        await base.HandleBasicCancelAsync(consumerTag, cancellationToken);
        _cancelled.SetResult();
    }
}
