using System.Runtime.InteropServices;

namespace ClusterTest.Lab.Machine;

/// <summary>Sends signals: .NET itself can only kill processes.</summary>
internal static partial class PosixSignal
{
    internal const int HangUp = 1;
    internal const int Interrupt = 2;
    internal const int Kill = 9;
    internal const int Terminate = 15;
    internal const int Continue = 18;
    internal const int Stop = 19;

    /// <summary>Sends a signal to a process. The result is ignored, because it is no error if the process has ended meanwhile.</summary>
    internal static void Send(int processId, int signal) => _ = SendSignal(processId, signal);

    /// <summary>Sends a signal to the leader of a process group and to all processes in the group.</summary>
    /// <returns>Whether there is such a group.</returns>
    internal static bool SendToGroup(int leader, int signal) => SendSignal(-leader, signal) is 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);
}
