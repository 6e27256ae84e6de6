namespace ClusterTest.Reconnect.Internal;

/// <summary>Starts tasks that outlive their caller, without the caller's execution context (activity, scopes, locale).</summary>
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
