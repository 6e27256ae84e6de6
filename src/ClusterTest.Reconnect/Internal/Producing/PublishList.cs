namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>Messages in order, of which each can leave at any time. A message is in one list at most; one that has left refers to none.</summary>
internal sealed class PublishList
{
    private PendingPublish? _last;

    public PendingPublish? First { get; private set; }

    public int Count { get; private set; }

    public void AddLast(PendingPublish publish)
    {
        publish.Previous = _last;
        if (_last is null)
        {
            First = publish;
        }
        else
        {
            _last.Next = publish;
        }

        _last = publish;
        Count++;
    }

    public void Remove(PendingPublish publish)
    {
        if (publish.Previous is { } previous)
        {
            previous.Next = publish.Next;
        }
        else
        {
            First = publish.Next;
        }

        if (publish.Next is { } next)
        {
            next.Previous = publish.Previous;
        }
        else
        {
            _last = publish.Previous;
        }

        publish.Previous = publish.Next = null;
        Count--;
    }

    public IEnumerable<PendingPublish> All()
    {
        for (var publish = First; publish is not null; publish = publish.Next)
        {
            yield return publish;
        }
    }
}
