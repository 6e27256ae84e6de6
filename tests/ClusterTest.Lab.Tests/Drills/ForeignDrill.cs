using ClusterTest.Lab.Machine;
using ClusterTest.Testing;
using ScriptedAmqp;
using ClusterTest.Verdicts;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>A drill of the built programs on a cluster that the lab does not run: one scripted broker, which needs a tenth of a real broker's time.</summary>
internal sealed class ForeignDrill : IAsyncDisposable
{
    /// <summary>How long a test waits for three programs on a busy machine. The limit ends a test that hangs; it measures nothing.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly string[] Endings = [".json", ".lock", ".commands"];
    private readonly List<ProgramUnderTest> _programs = [];

    internal ScriptedBroker Broker { get; } = ScriptedBroker.Start();

    internal string Folder { get; } = Directory.CreateTempSubdirectory("cluster-test-drill-").FullName;

    internal string Uri => $"amqp://{ScriptedBroker.Host}:{Broker.Port}";

    /// <summary>The file that the commands of a test may write to.</summary>
    internal string Log => Path.Combine(Folder, "log");

    internal string Evidence => Assert.Single(Directory.GetFiles(Folder, "events.jsonl.gz", SearchOption.AllDirectories));

    internal Verdict Verdict => Judge.OfFiles([Evidence]).Verdict;

    internal string[] Logged => File.Exists(Log) ? File.ReadAllLines(Log) : [];

    /// <summary>Starts a drill in its own session, as a terminal does, so that <see cref="PressCtrlC"/> reaches the processes that a Ctrl-C reaches.</summary>
    internal ProgramUnderTest Start(params string[] arguments)
    {
        var program = ProgramUnderTest.Start("/usr/bin/setsid", [LabProgram, "drill", "--uri", Uri, "--report", Folder, .. arguments]);
        _programs.Add(program);
        return program;
    }

    /// <summary>Starts a drill in its own session, with nohup.</summary>
    internal ProgramUnderTest StartWithoutHangUps(params string[] arguments) => StartByShell("trap '' HUP; exec \"$0\" \"$@\"", arguments);

    /// <summary>Starts a drill in its own session, with an output that fails like a terminal that is gone.</summary>
    internal ProgramUnderTest StartUnheard(params string[] arguments) => StartByShell("exec \"$0\" \"$@\" >/dev/full 2>&1", arguments);

    private ProgramUnderTest StartByShell(string line, string[] arguments)
    {
        var program = ProgramUnderTest.Start("/usr/bin/setsid", ["/bin/sh", "-c", line, LabProgram, "drill", "--uri", Uri, "--report", Folder, .. arguments]);
        _programs.Add(program);
        return program;
    }

    internal static void PressCtrlC(ProgramUnderTest drill) => PosixSignal.Send(-drill.ProcessId, PosixSignal.Interrupt);

    /// <summary>Ends the terminal.</summary>
    internal static void HangUp(ProgramUnderTest drill) => PosixSignal.Send(-drill.ProcessId, (int)Signal.HangUp);

    internal static Task<string> SaysAsync(ProgramUnderTest drill, string text) =>
        drill.StandardOutput.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), timeout: Patience);

    /// <summary>Waits until a command of the test has written a line.</summary>
    internal Task LoggedAsync(string line) => Eventually.TrueAsync(() => Logged.Contains(line));

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }

        foreach (var file in Endings.Select(ending => Path.ChangeExtension(UnhealedFaultsFile, ending)).Where(File.Exists))
        {
            File.Delete(file);
        }

        await Broker.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The file in which the lab records the faults that it did not undo on this broker.</summary>
    internal string UnhealedFaultsFile => Path.Combine(RepositoryRoot.Find(), ".lab", "unhealed", $"localhost-{Broker.Port}.json");

    private static string LabProgram => Path.Combine(AppContext.BaseDirectory, "cluster-test-lab");
}
