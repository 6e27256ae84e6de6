using System.Runtime.InteropServices;
using CliWrap;
using ScriptedAmqp;

namespace ClusterTest.Testing;

/// <summary>
/// One of the built programs, run as a user runs it. Disposing kills it. The environment variable <see cref="Folder"/> names another folder to take the
/// programs from: native ones, for instance.
/// </summary>
/// <example><code>
/// await using var consumer = ProgramUnderTest.Start("cluster-test-consumer", ["127.0.0.1", $"{broker.Port}"]);
/// await consumer.StandardOutput.WaitForLineAsync(line => line == "Ready for testing!");
/// consumer.Send(Signal.Terminate);
/// Assert.Equal(0, await consumer.ExitCodeAsync());
/// </code></example>
public sealed partial class ProgramUnderTest : IAsyncDisposable
{
    /// <summary>The environment variable with the folder of the programs; without it, they are those beside the test assembly.</summary>
    public const string Folder = "CLUSTER_TEST_PROGRAMS";

    private readonly CancellationTokenSource _kill = new();
    private readonly CommandTask<CommandResult> _run;

    private ProgramUnderTest(Command command) => _run = command
        .WithStandardOutputPipe(PipeTarget.ToDelegate(StandardOutput.Add))
        .WithStandardErrorPipe(PipeTarget.ToDelegate(StandardError.Add))
        .WithValidation(CommandResultValidation.None)
        .ExecuteAsync(_kill.Token);

    public OutputLines StandardOutput { get; } = new();

    public OutputLines StandardError { get; } = new();

    public int ProcessId => _run.ProcessId;

    /// <param name="program">A path, or the name of a program.</param>
    /// <param name="arguments">Passed as they are, without a shell.</param>
    /// <param name="environment">Added to this process's environment; null takes a variable away.</param>
    public static ProgramUnderTest Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null) =>
        new(Find(program, arguments).WithEnvironmentVariables(environment ?? new Dictionary<string, string?>()));

    /// <summary>Gives the path of a program of this name; a path stays as it is.</summary>
    public static string PathOf(string program) =>
        Path.Combine(Environment.GetEnvironmentVariable(Folder) is { Length: > 0 } folder ? Path.GetFullPath(folder) : AppContext.BaseDirectory, program);

    /// <summary>Waits for the end of the program, and of its output.</summary>
    public async Task<int> ExitCodeAsync(TimeSpan? timeout = null)
    {
        try
        {
            return (await _run.Task.WaitAsync(timeout ?? ScriptedBroker.DefaultTimeout, TimeProvider.System)).ExitCode;
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"The program still runs.{Environment.NewLine}{StandardOutput.Excerpt()}{Environment.NewLine}{StandardError.Excerpt()}", exception);
        }
    }

    public void Send(Signal signal)
    {
        if (kill(ProcessId, (int)signal) != 0)
        {
            throw new InvalidOperationException($"{signal} to process {ProcessId}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_kill.IsCancellationRequested)
        {
            return;
        }

        await _kill.CancelAsync();
        try
        {
            await _run;
        }
        catch (OperationCanceledException) when (_kill.IsCancellationRequested)
        {
            // It ran until now.
        }

        _run.Dispose();
        _kill.Dispose();
    }

    private static Command Find(string program, IEnumerable<string> arguments)
    {
        var path = PathOf(program);
        return File.Exists(path) ? Cli.Wrap(path).WithArguments(arguments)
            : File.Exists($"{path}.dll") ? Cli.Wrap("dotnet").WithArguments([$"{path}.dll", .. arguments])
            : throw new FileNotFoundException($"Neither {path} nor {path}.dll is there: does the test project reference it?");
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
#pragma warning disable IDE1006 // the name in libc
    private static partial int kill(int processId, int signal);
#pragma warning restore IDE1006
}
