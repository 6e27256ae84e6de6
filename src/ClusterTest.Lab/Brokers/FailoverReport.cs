using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTest.Events;

namespace ClusterTest.Lab.Brokers;

/// <summary>Reads from the logs of Corosync and Pacemaker on the host that took the broker over, how long each step of a failover took.</summary>
internal static partial class FailoverReport
{
    /// <summary>The shell command that shows the last lines of each log which tell of failovers.</summary>
    internal const string Command =
        "for log in /var/log/corosync/corosync.log /var/log/pacemaker/pacemaker.log; do "
        + "grep -E 'A new membership .* Members left|Requesting peer fencing|Operation .* targeting .*: OK|Result of start operation for (address|broker) |"
        + "Requesting local execution of start operation for broker ' $log | tail -n 200; done";

    private static readonly TimeSpan HalfAYear = TimeSpan.FromDays(180);

    /// <summary>Reads the lines.</summary>
    /// <param name="lines">The output of the command.</param>
    /// <param name="host">The host whose logs they are from.</param>
    /// <param name="since">When the fault was injected.</param>
    /// <returns>Null if no broker was started on the host since then.</returns>
    internal static FailoverTimes? Parse(string lines, string host, DateTimeOffset since)
    {
        List<(DateTimeOffset At, string Text)> told =
        [
            .. Line().Matches(lines)
                .Select(match => (At: TimeOf(match.Groups["time"].Value, since), Text: match.Groups["text"].Value))
                .Where(line => line.At >= since)
                .OrderBy(static line => line.At),
        ];
        if (First("Result of start operation for broker on " + host, "ok", since) is not { } served)
        {
            return null;
        }

        var left = First("A new membership", "Members left", since);
        var requested = First("Requesting peer fencing", "", left ?? since);
        var off = requested is null ? null : First("Operation ", ": OK", requested.Value);
        var address = First("Result of start operation for address on " + host, "ok", off ?? since);
        var start = told.LastOrDefault(line => line.At <= served && line.Text.Contains("Requesting local execution of start", StringComparison.Ordinal));
        return new FailoverTimes(
            host,
            left - since,
            requested - (left ?? since),
            off - requested,
            address - (off ?? since),
            start.Text is null ? null : served - start.At);

        DateTimeOffset? First(string beginning, string end, DateTimeOffset after) => told
            .Where(line => line.At >= after
                && line.Text.Contains(beginning, StringComparison.Ordinal) && line.Text.Contains(end, StringComparison.OrdinalIgnoreCase))
            .Select(static line => (DateTimeOffset?)line.At)
            .FirstOrDefault();
    }

    // The logs tell neither the year nor the zone. The images are in UTC.
    private static DateTimeOffset TimeOf(string text, DateTimeOffset since)
    {
        var time = DateTimeOffset.ParseExact(
            $"{since.Year} {text}",
            ["yyyy MMM dd HH:mm:ss.fff", "yyyy MMM  d HH:mm:ss.fff"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal);
        var away = time - since;
        return away < -HalfAYear ? time.AddYears(1) : away > HalfAYear ? time.AddYears(-1) : time;
    }

    [GeneratedRegex(@"^(?<time>[A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d\.\d{3}) (?<text>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Line();
}
