using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

/// <summary>What the lab makes of HAProxy's answers to a command on its statistics page.</summary>
public sealed class BalancerCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_is_done_when_the_page_says_so()
    {
        var request = await TellAsync("HTTP/1.1 303 See Other\r\nLocation: /;st=DONE\r\nContent-Length: 0\r\n\r\n");

        Assert.StartsWith("POST / HTTP/1.1", request, StringComparison.Ordinal);
        Assert.EndsWith("b=amqp&s=primary&action=drain", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_login_it_is_the_section_with_TLS()
    {
        var request = await TellAsync(
            "HTTP/1.1 303 See Other\r\nLocation: /;st=DONE\r\nContent-Length: 0\r\n\r\n", new AuthenticationHeaderValue("Basic", "bGFiOmxhYg=="));

        Assert.EndsWith("b=amqps&s=primary&action=drain", request, StringComparison.Ordinal);
        Assert.Contains("Authorization: Basic bGFiOmxhYg==", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 303 See Other\r\nLocation: /;st=ERRP\r\nContent-Length: 0\r\n\r\n", "it answered 303 /;st=ERRP.")]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "it answered 401.")]
    public async Task Any_other_answer_is_told(string answer, string expected)
    {
        var failure = await Assert.ThrowsAsync<LabException>(() => TellAsync(answer));

        Assert.Equal($"The balancer did not set amqp/primary to drain: {expected}", failure.Message);
    }

    [Fact]
    public async Task A_balancer_that_is_not_there_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var failure = await Assert.ThrowsAsync<LabException>(
            () => BalancerStatistics.TellAsync(port, "primary", BalancerStatistics.Drain, login: null, Token));

        Assert.StartsWith("The balancer did not set amqp/primary to drain: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_balancer_that_does_not_answer_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var failure = await Assert.ThrowsAsync<LabException>(() => BalancerStatistics.TellAsync(
            ((IPEndPoint)listener.LocalEndpoint).Port, "primary", BalancerStatistics.Drain, login: null, Token));

        Assert.Equal("The balancer did not set amqp/primary to drain: it did not answer within a second.", failure.Message);
    }

    // Answers one request, and gives it back.
    private static async Task<string> TellAsync(string answer, AuthenticationHeaderValue? login = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync();
        await BalancerStatistics.TellAsync(((IPEndPoint)listener.LocalEndpoint).Port, "primary", BalancerStatistics.Drain, login, Token);
        return await answering;

        async Task<string> AnswerAsync()
        {
            using var client = await listener.AcceptTcpClientAsync(Token);
            var (request, buffer) = (new StringBuilder(), new byte[4096]);
            while (!request.ToString().Contains("action=drain", StringComparison.Ordinal))
            {
                _ = request.Append(Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer, Token)));
            }

            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Token);
            return request.ToString();
        }
    }
}
