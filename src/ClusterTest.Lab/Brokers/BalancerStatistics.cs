using System.Globalization;
using System.Net.Http.Headers;

namespace ClusterTest.Lab.Brokers;

/// <summary>Reads HAProxy's statistics in their CSV form.</summary>
public static class BalancerStatistics
{
    /// <summary>The sections of haproxy.cfg with the nodes. The first one that exists counts: the servers of the other section follow its servers.</summary>
    private static readonly string[] Proxies = ["amqp", "amqps"];

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(1) };

    /// <summary>Asks the statistics page; null if the page does not answer within a second.</summary>
    /// <param name="port">The port of the page on this machine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="login">The login, if the page asks for one.</param>
    public static async Task<IReadOnlyDictionary<string, BalancerServer>?> ReadAsync(
        int port, CancellationToken cancellationToken, AuthenticationHeaderValue? login = null)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/;csv")) { Headers = { Authorization = login } };
            using var response = await Client.SendAsync(request, cancellationToken);
            return Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
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

    /// <summary>The nodes in HAProxy's CSV, by name.</summary>
    /// <remarks>
    /// Columns are looked up by their names in the first line, because new versions of HAProxy add columns. HAProxy never quotes the columns read here.
    /// </remarks>
    public static IReadOnlyDictionary<string, BalancerServer> Parse(string csv)
    {
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines is not [['#', .. var header], ..])
        {
            return new Dictionary<string, BalancerServer>();
        }

        var columns = header.Trim().Split(',').Index().ToDictionary(static column => column.Item, static column => column.Index);
        var rows = lines.Skip(1).Select(static line => line.Split(',')).ToList();
        var proxy = Proxies.FirstOrDefault(name => rows.Exists(row => row[columns["pxname"]] == name));
        return rows
            .Where(row => row[columns["pxname"]] == proxy && row[columns["svname"]] is not ("FRONTEND" or "BACKEND"))
            .Select(row => new BalancerServer(
                row[columns["svname"]],
                row[columns["status"]],
                row[columns["check_status"]].TrimStart('*', ' '), // an asterisk marks a check that is under way
                int.Parse(row[columns["scur"]], CultureInfo.InvariantCulture)))
            .ToDictionary(static server => server.Name);
    }
}
