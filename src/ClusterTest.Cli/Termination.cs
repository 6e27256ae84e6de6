using System.Globalization;
using System.Runtime.InteropServices;

namespace ClusterTest.Cli;

/// <summary>What ends a program in order: SIGINT, SIGTERM, a hang-up, and for a program of the lab's the end of the lab.</summary>
/// <remarks>SIGQUIT stays what it is everywhere: the way to end a program at once.</remarks>
internal sealed class Termination : IDisposable
{
    private const int SignalExitCode = 128;
    private const int HangUp = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<int> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];

    internal Termination()
    {
        // Nobody hears a hang-up that was ignored when this program was started, by nohup for example.
        var listensToHangUp = !IsIgnored(HangUp, ProcessStatus());
        Listen(PosixSignal.SIGINT, Interrupt);
        Listen(PosixSignal.SIGTERM, Terminate);
        if (listensToHangUp)
        {
            Listen(PosixSignal.SIGHUP, HangUp);
        }

        if (Environment.GetEnvironmentVariable(CommandLine.EndWithInputVariable) is { Length: > 0 })
        {
            // A thread of its own, because a read of standard input cannot be given up.
            new Thread(WaitForEndOfInput) { IsBackground = true, Name = "end of input" }.Start();
        }
    }

    /// <summary>Cancelled when the program is to end.</summary>
    internal CancellationToken Token => _over.Token;

    /// <summary>Waits for a program to end, but once it was asked to, not longer than <paramref name="timeout"/>.</summary>
    /// <returns>Its exit code, or that of a program that a signal has ended.</returns>
    internal async Task<int> WaitForAsync(Task<int> program, TimeSpan timeout)
    {
        if (await Task.WhenAny(program, _asked.Task) == program)
        {
            return await program;
        }

        var isOver = await Task.WhenAny(program, Task.Delay(timeout, TimeProvider.System, CancellationToken.None)) == program;
        return isOver ? await program : SignalExitCode + await _asked.Task;
    }

    /// <summary>Whether a process ignores a signal, by its <c>/proc/…/status</c>.</summary>
    internal static bool IsIgnored(int signal, IEnumerable<string> status) => status
        .Where(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
        .Select(static line => ulong.TryParse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) ? mask : 0)
        .Any(mask => (mask >> (signal - 1) & 1) is 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _over.Dispose();
    }

    private static string[] ProcessStatus()
    {
        try
        {
            return File.ReadAllLines("/proc/self/status");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // not on this system: nothing is known to be ignored
        }
    }

    private void Listen(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Ask(number);
    }));

    private void WaitForEndOfInput()
    {
        try
        {
            using var input = Console.OpenStandardInput();
            while (input.Read(new byte[256]) > 0)
            {
                // Nothing is said there.
            }
        }
        catch (IOException)
        {
            // That is an end, too.
        }

        Ask(Terminate);
    }

    private void Ask(int signal)
    {
        _ = _asked.TrySetResult(signal);
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The program has ended already.
        }
    }
}
