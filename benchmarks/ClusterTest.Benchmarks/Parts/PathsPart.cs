using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ClusterTest.Benchmarks.Harness;
using ClusterTest.Benchmarks.Paths;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>The hot paths, by BenchmarkDotNet, which measures in this process: so it needs no build of its own, and all packages stay locked.</summary>
internal static class PathsPart
{
    public static async Task<int> RunAsync(bool isShort, string command, CancellationToken cancellationToken)
    {
        var page = new ResultPage("paths", "Hot paths in process", command);
        page.Say("By BenchmarkDotNet. The outbox's figures are per message.");
        var job = (isShort ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "cluster-test-paths"))
            .WithOptions(ConfigOptions.DisableOptimizationsValidator);
        foreach (var path in new[] { typeof(OutboxPath), typeof(ClassificationPath), typeof(VerdictPath) })
        {
            var summary = BenchmarkRunner.Run(path, config);
            var table = new AccumulationLogger();
            MarkdownExporter.GitHub.ExportToLog(summary, table);
            page.Say($"## {path.Name}\n\n{table.GetLog().Trim()}");
        }

        await page.PublishAsync(cancellationToken);
        return 0;
    }
}
