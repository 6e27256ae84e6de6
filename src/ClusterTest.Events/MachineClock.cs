namespace ClusterTest.Events;

/// <summary>Tells the clocks of machines apart, so that only timestamps of the same clock are compared.</summary>
public static class MachineClock
{
    // All containers of a machine have the same id, and the id changes when the machine is restarted.
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>Gets a text that is the same in every process that reads this clock.</summary>
    /// <value>On Linux the id of the machine's boot, elsewhere the machine's name.</value>
    public static string Id { get; } = Read(BootIdFile);

    /// <summary>Gets a value indicating whether the id changes when the machine is restarted, as the zero of the monotonic clock does.</summary>
    public static bool IsOfOneBoot { get; } = Id != Environment.MachineName;

    internal static string Read(string bootIdFile)
    {
        try
        {
            return File.ReadAllText(bootIdFile).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }
}
