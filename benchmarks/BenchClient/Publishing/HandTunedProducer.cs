using RabbitMQ.Client;

namespace BenchClient.Publishing;

/// <summary>
/// RabbitMQ.Client as an expert uses it when only speed counts: own confirm callbacks instead of a task per message, one properties object for all messages, a
/// ring of what is unconfirmed, and one wake-up when half of the window is free. Messages are persistent, mandatory, and have ids, as ours.
/// </summary>
internal sealed class HandTunedProducer : IWorker
{
    private long _done;

    public long Done => Volatile.Read(ref _done);

    public async Task RunAsync(Target target, CancellationToken stop)
    {
        await using var connection = await target.ConnectAsync(stop);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, false), stop);
        await target.DeclareAsync(channel, stop);
        var window = new ConfirmWindow(target.Window);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.BasicAcksAsync += (_, ack) =>
        {
            Volatile.Write(ref _done, _done + window.Confirm(ack.DeliveryTag, ack.Multiple));
            return Task.CompletedTask;
        };
        channel.BasicNacksAsync += (_, _) =>
        {
            failed.TrySetException(new InvalidOperationException("A message was nacked."));
            return Task.CompletedTask;
        };
        channel.BasicReturnAsync += (_, returned) =>
        {
            failed.TrySetException(new InvalidOperationException($"A message was returned: {returned.ReplyText}"));
            return Task.CompletedTask;
        };
        await PublishAsync(channel, target, window, failed.Task, stop);
        await connection.CloseAsync(CancellationToken.None);
    }

    private static async Task PublishAsync(IChannel channel, Target target, ConfirmWindow window, Task failed, CancellationToken stop)
    {
        var body = new byte[target.Size];
        var prefix = Guid.NewGuid().ToString("N");
        var properties = new BasicProperties { Persistent = true };
        while (!stop.IsCancellationRequested)
        {
            if (failed.IsFaulted)
            {
                await failed;
            }

            await window.WaitForRoomAsync();
            properties.MessageId = string.Concat(prefix, "-", window.Add().ToString(System.Globalization.CultureInfo.InvariantCulture));
            await channel.BasicPublishAsync(target.Queue, target.Queue, mandatory: true, properties, body, CancellationToken.None);
        }
    }
}
