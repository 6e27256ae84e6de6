using System.Diagnostics;
using System.Globalization;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Benchmarks.Harness;

/// <summary>A null broker in a process of its own.</summary>
internal sealed class NullBrokerProcess : IDisposable
{
    private readonly Process _process;

    private NullBrokerProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Gets the processor time that it has used.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<NullBrokerProcess> StartAsync(params IReadOnlyList<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Programs.NullBroker, arguments) { RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The null broker did not start.");
        return new NullBrokerProcess(process, int.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>Lets it do nothing until it is thawed: the kernel still takes connections and some octets for it.</summary>
    public void Freeze() => PosixSignal.Send(_process.Id, PosixSignal.Stop);

    public void Thaw() => PosixSignal.Send(_process.Id, PosixSignal.Continue);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
