using System.Globalization;
using System.Runtime.InteropServices;

namespace ClusterTest.Cli;

/// <summary>Ends a program in order at SIGINT, SIGTERM or a hang-up. A program that the lab started also ends with the lab.</summary>
/// <remarks>SIGQUIT keeps its usual effect: it ends a program at once.</remarks>
internal sealed class Termination : IDisposable
{
    private const int SignalExitCode = 128;
    private const int HangUp = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const string IgnoredSignals = "SigIgn:";

    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<int> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];

    internal Termination()
    {
        // If the program was started with the hang-up ignored, by nohup for example, it stays ignored.
        var listensToHangUp = !IsIgnored(HangUp, ProcessStatus());
        Listen(PosixSignal.SIGINT, Interrupt);
        Listen(PosixSignal.SIGTERM, Terminate);
        if (listensToHangUp)
        {
            Listen(PosixSignal.SIGHUP, HangUp);
        }

        if (Environment.GetEnvironmentVariable(CommandLine.EndWithInputVariable) is { Length: > 0 })
        {
            // A separate thread reads, because a read of standard input cannot be cancelled.
            new Thread(WaitForEndOfInput) { IsBackground = true, Name = "end of input" }.Start();
        }
    }

    /// <summary>Gets a token that is cancelled when the program must end.</summary>
    internal CancellationToken Token => _over.Token;

    /// <summary>Waits for a program to end. After the program was asked to end, this method waits at most for <paramref name="timeout"/>.</summary>
    /// <returns>The program's exit code, or the exit code of a program that a signal has ended.</returns>
    internal async Task<int> WaitForAsync(Task<int> program, TimeSpan timeout)
    {
        if (await Task.WhenAny(program, _asked.Task) == program)
        {
            return await program;
        }

        var isOver = await Task.WhenAny(program, Task.Delay(timeout, TimeProvider.System, CancellationToken.None)) == program;
        return isOver ? await program : SignalExitCode + await _asked.Task;
    }

    /// <summary>Tells whether a process ignores a signal, by the lines of its <c>/proc/…/status</c>.</summary>
    internal static bool IsIgnored(int signal, IEnumerable<string> status) =>
        status.FirstOrDefault(static line => line.StartsWith(IgnoredSignals, StringComparison.Ordinal)) is { } line
        && ulong.TryParse(line.AsSpan(IgnoredSignals.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask)
        && (mask >> (signal - 1) & 1) is 1;

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
            return []; // this system has no such file, so no signal is known to be ignored
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
                // The input has no meaning.
            }
        }
        catch (IOException)
        {
            // The input has ended.
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
