using System.Runtime.InteropServices;

namespace ClusterTest.Lab.Machine;

/// <summary>Sends signals; the framework itself can only kill.</summary>
internal static partial class PosixSignal
{
    internal const int HangUp = 1;
    internal const int Interrupt = 2;
    internal const int Kill = 9;
    internal const int Terminate = 15;
    internal const int Continue = 18;
    internal const int Stop = 19;

    /// <summary>A process that has ended meanwhile is no error: that is why its result is not looked at.</summary>
    internal static void Send(int processId, int signal) => _ = SendSignal(processId, signal);

    /// <summary>To a process and all that it has started in its process group, which it leads.</summary>
    internal static void SendToGroup(int leader, int signal) => _ = SendSignal(-leader, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);
}
