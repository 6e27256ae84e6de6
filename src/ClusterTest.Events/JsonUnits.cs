using System.Text.Json.Serialization.Metadata;

namespace ClusterTest.Events;

/// <summary>Adds units to the names of JSON properties.</summary>
public static class JsonUnits
{
    private const string Milliseconds = "_ms";

    /// <summary>Appends <c>_ms</c> to the name of each duration, unless the name ends in it.</summary>
    public static void Append(JsonTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        foreach (var property in type.Properties)
        {
            if ((property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(TimeSpan?))
                && !property.Name.EndsWith(Milliseconds, StringComparison.Ordinal))
            {
                property.Name += Milliseconds;
            }
        }
    }
}
