using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace ClusterTest.Cli;

/// <summary>Options and arguments whose errors say what is wrong and what is allowed, and show an example.</summary>
public static class OptionParsing
{
    /// <summary>Makes an option that takes a duration.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => Duration(name, description, static _ => true, "");

    /// <summary>Makes an option that takes some durations only.</summary>
    public static Option<TimeSpan?> Duration(string name, string description, Func<TimeSpan, bool> isAllowed, string allowed) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!Events.Duration.TryParse(text, out var duration))
            {
                result.AddError($"{name}: '{text}' is not a duration from 1ms to 576h; write it like 500ms, 3s or 10m.");
                return null;
            }

            if (!isAllowed(duration))
            {
                result.AddError($"{name}: '{text}' is not allowed; {allowed}.");
                return null;
            }

            return duration;
        },
    };

    /// <summary>Makes an option that takes a number within bounds.</summary>
    public static Option<T?> Number<T>(string name, string description, T least, T most, string what)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            CustomParser = result => ParseNumber(result, name, least, most, what),
        };

    /// <summary>Reads a number within bounds, or adds an error that says what is allowed.</summary>
    public static T? ParseNumber<T>(ArgumentResult result, string name, T least, T most, string what)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most)
        {
            return number;
        }

        var allowed = most == T.CreateSaturating(long.MaxValue) ? $"at least {least}" : string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
        result.AddError($"{name}: '{text}' is not {what}; allowed is {allowed}.");
        return null;
    }

    /// <summary>Makes an option that takes one of a few words.</summary>
    public static Option<T?> Choice<T>(string name, string description, IReadOnlyDictionary<string, T> choices)
        where T : struct => new(name)
        {
            Description = description,
            HelpName = string.Join('|', choices.Keys),
            CustomParser = result =>
            {
                if (choices.TryGetValue(result.Tokens[0].Value, out var choice))
                {
                    return choice;
                }

                result.AddError($"{name}: '{result.Tokens[0].Value}' is not one of {string.Join(", ", choices.Keys)}.");
                return null;
            },
        };
}
