using System.Globalization;

namespace ClusterTest.Lab.Clusters;

/// <summary>Reads HAProxy's statistics in their CSV form.</summary>
public static class BalancerStatistics
{
    /// <summary>The section of haproxy.cfg with the nodes.</summary>
    public const string Proxy = "amqp";

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(1) };

    /// <summary>Asks the statistics page; null if it does not answer within a second.</summary>
    public static async Task<IReadOnlyDictionary<string, BalancerServer>?> ReadAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await Client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/;csv"), cancellationToken));
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The servers of the <see cref="Proxy"/> section, by name.</summary>
    /// <remarks>Columns are looked up by their names in the first line: versions add columns. None of those read here is ever quoted.</remarks>
    public static IReadOnlyDictionary<string, BalancerServer> Parse(string csv)
    {
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines is not [['#', .. var header], ..])
        {
            return new Dictionary<string, BalancerServer>();
        }

        var columns = header.Trim().Split(',').Index().ToDictionary(static column => column.Item, static column => column.Index);
        return lines.Skip(1)
            .Select(static line => line.Split(','))
            .Where(row => row[columns["pxname"]] is Proxy && row[columns["svname"]] is not ("FRONTEND" or "BACKEND"))
            .Select(row => new BalancerServer(
                row[columns["svname"]],
                row[columns["status"]],
                row[columns["check_status"]].TrimStart('*', ' '), // a star marks a check that is under way
                int.Parse(row[columns["scur"]], CultureInfo.InvariantCulture)))
            .ToDictionary(static server => server.Name);
    }
}
