using System.Runtime.CompilerServices;
using ScriptedAmqp;

namespace ClusterTest.Reconnect.Tests.Support;

/// <summary>Waits for what nobody announces.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > ScriptedBroker.DefaultTimeout)
            {
                throw new TimeoutException($"Not within {ScriptedBroker.DefaultTimeout}: {expression}");
            }

            await Task.Delay(Interval, TimeProvider.System);
        }
    }
}
