using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using RabbitMQ.Client;

namespace ClusterTest.Benchmarks.Harness;

/// <summary>Says what machine this is, how busy it is, and which versions are compared.</summary>
internal static class Machine
{
    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal));
        var name = processor?.Split(':', 2)[1].Trim() ?? "unknown processor";
        return string.Create(
            CultureInfo.InvariantCulture, $"{name}, {Environment.ProcessorCount} cores, {memory:0} GiB, {RuntimeInformation.OSDescription}");
    }

    public static async Task<string> VersionsAsync(CancellationToken cancellationToken)
    {
        var client = typeof(ConnectionFactory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        List<string> versions = [RuntimeInformation.FrameworkDescription, $"RabbitMQ.Client {client}"];
        await AddAsync("pika ", "/usr/bin/python3", "-c", "import pika; print(pika.__version__)");
        await AddAsync("node ", "node", "--version");
        await AddAsync("amqplib ", "node", "-p", $"require('{Programs.Script("node/node_modules/amqplib/package.json")}').version");
        await AddAsync("librabbitmq ", "dpkg-query", "--show", "--showformat=${Version}", "librabbitmq4");
        return string.Join(", ", versions);

        async Task AddAsync(string name, params string[] command)
        {
            try
            {
                versions.Add(name + (await CommandRun.RunAsync(command, cancellationToken)).Trim());
            }
            catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // Not there, which the tables say.
            }
        }
    }
}
