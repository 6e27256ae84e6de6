using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp.Internal;

/// <summary>One opening of a channel: answers its methods, and holds its consumers, deliveries and unconfirmed publishes.</summary>
internal sealed partial class BrokerChannel(BrokerConnection connection, VirtualHost virtualHost, ushort number)
{
    public PublishAssembler Assembler { get; } = new();

    /// <summary>False from the moment either side closes the channel or the connection is lost.</summary>
    public bool IsOpen { get; private set; } = true;

    public void Execute(ClientMethod method)
    {
        if (!IsOpen)
        {
            return;
        }

        try
        {
            Answer(method);
        }
        catch (AmqpError error) when (error.IsFatalToConnection)
        {
            connection.CloseNow(error.ReplyCode, error.Message);
        }
        catch (AmqpError error)
        {
            Close(error.ReplyCode, error.Message);
        }
    }

    public void Close(ushort replyCode, string replyText, MethodId culprit = default)
    {
        if (IsOpen)
        {
            Send(MethodId.ChannelClose, new AmqpWriter().Short(replyCode).ShortString(replyText).Long((uint)culprit));
            Drop();
        }
    }

    /// <summary>The end of the channel, however it came: what was not acknowledged returns to its queue.</summary>
    public void Drop()
    {
        IsOpen = false;
        DropPublishes();
        StopConsuming();
        DropDeliveries();
    }

    private void Answer(ClientMethod method)
    {
        switch (method)
        {
            case ChannelFlow flow:
                Send(MethodId.ChannelFlowOk, new AmqpWriter().Bits(flow.Active));
                break;
            case ExchangeDeclare declare:
                virtualHost.Declare(declare);
                SendUnless(declare.NoWait, MethodId.ExchangeDeclareOk);
                break;
            case ExchangeDelete delete:
                virtualHost.DeleteExchange(delete.Exchange);
                SendUnless(delete.NoWait, MethodId.ExchangeDeleteOk);
                break;
            case QueueDeclare declare:
                var queue = virtualHost.Declare(declare);
                SendUnless(declare.NoWait, MethodId.QueueDeclareOk, new AmqpWriter()
                    .ShortString(queue.Name).Long((uint)queue.ReadyCount).Long((uint)queue.Consumers.Count));
                break;
            case QueueBind bind:
                virtualHost.Bind(bind.Exchange, bind.RoutingKey, bind.Queue);
                SendUnless(bind.NoWait, MethodId.QueueBindOk);
                break;
            case QueueUnbind unbind:
                virtualHost.Unbind(unbind.Exchange, unbind.RoutingKey, unbind.Queue);
                Send(MethodId.QueueUnbindOk);
                break;
            case QueuePurge purge:
                SendUnless(purge.NoWait, MethodId.QueuePurgeOk, Count(virtualHost.Queue(purge.Queue).Purge()));
                break;
            case QueueDelete delete:
                SendUnless(delete.NoWait, MethodId.QueueDeleteOk, Count(DeleteQueue(delete.Queue)));
                break;
            case ConfirmSelect select:
                SelectConfirms();
                SendUnless(select.NoWait, MethodId.ConfirmSelectOk);
                break;
            case BasicPublish publish:
                Publish(publish);
                break;
            default:
                AnswerConsuming(method);
                break;
        }
    }

    private int DeleteQueue(string name)
    {
        if (virtualHost.FindQueue(name) is not { } queue)
        {
            return 0; // deleting what is not there succeeds
        }

        virtualHost.DeleteQueue(name);
        CancelAll(queue);
        return queue.Purge();
    }

    private static AmqpWriter Count(int messages) => new AmqpWriter().Long((uint)messages);

    private void SendUnless(bool noWait, MethodId id, AmqpWriter? arguments = null)
    {
        if (!noWait)
        {
            Send(id, arguments);
        }
    }

    private void Send(MethodId id, AmqpWriter? arguments = null) => connection.Send(Frame.Method(number, id, arguments));

    private void Send(MethodId id, AmqpWriter arguments, Message content) =>
        connection.Send(Frame.Content(Frame.Method(number, id, arguments), content, connection.FrameMax));
}
