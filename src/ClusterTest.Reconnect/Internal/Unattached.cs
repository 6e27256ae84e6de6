namespace ClusterTest.Reconnect.Internal;

/// <summary>Starts what outlives its caller: nothing of the caller's execution context (activity, scopes, locale) goes along.</summary>
internal static class Unattached
{
    public static T Start<T>(Func<T> start)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return start();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return start();
        }
    }
}
