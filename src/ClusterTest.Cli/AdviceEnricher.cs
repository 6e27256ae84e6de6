using Serilog.Core;
using Serilog.Events;

namespace ClusterTest.Cli;

/// <summary>Replaces the library's options with the programs' flags in the advice that the library logs.</summary>
internal sealed class AdviceEnricher : ILogEventEnricher
{
    // The property's name in the library's log messages.
    private const string Property = "Advice";

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (logEvent.Properties.TryGetValue(Property, out var value) && value is ScalarValue { Value: string advice })
        {
            logEvent.AddOrUpdateProperty(new LogEventProperty(Property, new ScalarValue(Advice.InFlags(advice))));
        }
    }
}
