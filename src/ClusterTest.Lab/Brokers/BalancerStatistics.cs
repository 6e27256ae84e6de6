using System.Globalization;
using System.Net.Http.Headers;

namespace ClusterTest.Lab.Brokers;

/// <summary>Reads HAProxy's statistics in their CSV form.</summary>
public static class BalancerStatistics
{
    /// <summary>The sections of haproxy.cfg with the nodes. The first one that exists counts: the servers of the other section follow its servers.</summary>
    private static readonly string[] Proxies = ["amqp", "amqps"];

    /// <summary>The server gets no new clients; those that it has stay.</summary>
    internal const string Drain = "drain";

    /// <summary>The server gets clients again.</summary>
    internal const string Ready = "ready";

    /// <summary>The connections of the server's clients are cut.</summary>
    internal const string Shutdown = "shutdown";

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(1),
    };

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

    /// <summary>
    /// Sets the state of a node in the balancer, as <c>set server amqp/NODE state …</c> and <c>shutdown sessions server amqp/NODE</c> do on HAProxy's socket.
    /// The statistics page takes it if it was started with STATISTICS_ADMIN.
    /// </summary>
    /// <param name="port">The port of the page on this machine.</param>
    /// <param name="node">The node.</param>
    /// <param name="action"><see cref="Drain"/>, <see cref="Ready"/> or <see cref="Shutdown"/>.</param>
    /// <param name="login">The login, if the page asks for one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">The balancer does not answer, or did not do it.</exception>
    internal static async Task TellAsync(int port, string node, string action, AuthenticationHeaderValue? login, CancellationToken cancellationToken)
    {
        // The answer is a redirection to a page that says how it went.
        const string Done = "st=DONE";
        var section = Proxies[login is null ? 0 : 1];
        try
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["b"] = section, ["s"] = node, ["action"] = action });
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{port}/"))
            {
                Content = form,
                Headers = { Authorization = login },
            };
            using var response = await Client.SendAsync(request, cancellationToken);
            if (response.Headers.Location?.OriginalString.Contains(Done, StringComparison.Ordinal) is not true)
            {
                throw new LabException($"The balancer did not set {section}/{node} to {action}: it answered "
                    + $"{string.Join(' ', new object?[] { (int)response.StatusCode, response.Headers.Location }.OfType<object>())}.");
            }
        }
        catch (HttpRequestException exception)
        {
            throw new LabException($"The balancer did not set {section}/{node} to {action}: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"The balancer did not set {section}/{node} to {action}: it did not answer within a second.", exception);
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
