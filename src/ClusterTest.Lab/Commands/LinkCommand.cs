using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterTest.Cli;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Views;

namespace ClusterTest.Lab.Commands;

/// <summary><c>link</c>, which the lab starts for itself: the process of a link between two sites.</summary>
internal static class LinkCommand
{
    internal static Command Create(LabOptions options)
    {
        var listen = Required("--listen", "HOST:PORT", "The address to listen at.");
        var to = Required("--to", "HOST:PORT", "The destination of each connection.");
        var control = Required("--control", "FILE", "The file that says which condition is wanted.");
        var state = Required("--state", "FILE", "The file to write the condition in force to.");
        var command = new Command("link", "Forward TCP connections, and cut, slow down or half-open them on demand.")
        {
            listen, to, control, state,
        };
        command.Hidden = true;
        command.SetAction(CommandRunner.For(options, async (parsed, cancellationToken) =>
        {
            var address = await ResolveAsync(parsed.GetRequiredValue(listen), cancellationToken);
            if (address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any))
            {
                throw new LabException($"A link does not listen at {address}, which is every address of this machine. Name one of them.");
            }

            await LinkProcess.RunAsync(
                address,
                await ResolveAsync(parsed.GetRequiredValue(to), cancellationToken),
                new LinkFiles(parsed.GetRequiredValue(control), parsed.GetRequiredValue(state)),
                TimeProvider.System,
                new LineProgress(Console.Out),
                cancellationToken);
            return ExitCode.Success;
        }));
        return command;
    }

    private static Option<string> Required(string name, string value, string description) =>
        new(name) { Required = true, HelpName = value, Description = description };

    private static async Task<IPEndPoint> ResolveAsync(string text, CancellationToken cancellationToken)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is 0)
        {
            throw new LabException($"'{text}' is not of the form HOST:PORT.");
        }

        var host = text[..colon];
        try
        {
            var found = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellationToken);

            // Most programs of a lab listen at 127.0.0.1 and not at ::1, and localhost may mean both.
            var first = found.MinBy(static address => address.AddressFamily is AddressFamily.InterNetwork ? 0 : 1)!;
            return new IPEndPoint(first.IsIPv4MappedToIPv6 ? first.MapToIPv4() : first, port);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new LabException($"{host} is not the name or address of a machine: {exception.Message}", exception);
        }
    }
}
