using Serilog.Core;
using Serilog.Events;

namespace ClusterTest.Cli;

/// <summary>Puts advice that the library logs into the words of the programs.</summary>
internal sealed class AdviceEnricher : ILogEventEnricher
{
    // As the library's messages name it.
    private const string Property = "Advice";

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (logEvent.Properties.TryGetValue(Property, out var value) && value is ScalarValue { Value: string advice })
        {
            logEvent.AddOrUpdateProperty(new LogEventProperty(Property, new ScalarValue(Advice.InFlags(advice))));
        }
    }
}
