using System.Net;
using System.Net.Sockets;

namespace ClusterTest.Lab.Machine;

/// <summary>A link as a process of its own: does what the control file says, and writes what is in force into the state file.</summary>
internal static class LinkProcess
{
    private static readonly TimeSpan BetweenStates = TimeSpan.FromSeconds(1);

    /// <summary>Runs a link until it is cancelled.</summary>
    /// <exception cref="LabException">The address cannot be listened at, or the control file cannot be read.</exception>
    internal static async Task RunAsync(
        IPEndPoint address, IPEndPoint destination, LinkFiles files, TimeProvider time, IProgress<string> says, CancellationToken cancellationToken)
    {
        files.DeleteState();
        await using var link = Start(address, destination, files.ReadWanted(), time, says);
        says.Report($"{link.Address} leads to {destination}; the link is {link.Setting}");
        try
        {
            await FollowAsync(link, files, time, says, cancellationToken);
        }
        finally
        {
            files.DeleteState();
        }
    }

    private static Link Start(IPEndPoint address, IPEndPoint destination, LinkSetting setting, TimeProvider time, IProgress<string> says)
    {
        try
        {
            return new Link(address, destination, setting, time, says);
        }
        catch (SocketException exception)
        {
            throw new LabException($"The link cannot listen at {address}: {exception.Message}", exception);
        }
    }

    private static async Task FollowAsync(Link link, LinkFiles files, TimeProvider time, IProgress<string> says, CancellationToken cancellationToken)
    {
        (LinkSetting Setting, long At)? written = null;
        string? complaint = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var wanted = files.ReadWanted();
                if (wanted != link.Setting)
                {
                    link.Set(wanted);
                    says.Report($"the link is {wanted}");
                }

                if (written is not { } last || last.Setting != wanted || time.GetElapsedTime(last.At) >= BetweenStates)
                {
                    files.Write(link.State);
                    written = (wanted, time.GetTimestamp());
                }

                complaint = null;
            }
            catch (Exception exception) when (exception is LabException or SocketException or IOException or UnauthorizedAccessException)
            {
                // It is tried again at the next look. The same trouble is told once.
                if (complaint != exception.Message)
                {
                    says.Report(complaint = exception.Message);
                }
            }

            await Task.Delay(LinkFiles.Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
