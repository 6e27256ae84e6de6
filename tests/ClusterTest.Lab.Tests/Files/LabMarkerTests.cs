using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;
using Xunit;

namespace ClusterTest.Lab.Tests.Files;

public sealed class LabMarkerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    private string File => Path.Combine(_directory, "lab.json");

    [Fact]
    public void What_a_lab_was_started_with_is_known_to_later_commands()
    {
        var ports = NativePorts.FromBase(7670);
        var marker = new LabMarker
        {
            Topology = TopologyList.Default.Name,
            Directory = _directory,
            Engine = Engine.Native,
            Secure = true,
            Broker = "/opt/a b/sbin/rabbitmq-server",
            Brokers = new Dictionary<string, string> { ["standby"] = "/opt/old/sbin/rabbitmq-server" },
            Balancer = "/opt/haproxy",
        }.With(ports);

        marker.Write(File);

        var options = NativeClusterOptions.Load(_directory);
        Assert.Equal((ports, "/opt/a b/sbin/rabbitmq-server", "/opt/haproxy"), (options.Ports, options.BrokerProgram, options.BalancerProgram));
        Assert.Equal("/opt/old/sbin/rabbitmq-server", options.BrokerProgramOf("standby"));
        Assert.Equal("/opt/a b/sbin/rabbitmq-server", options.BrokerProgramOf("primary"));
        Assert.True(LabMarker.Parse(System.IO.File.ReadAllText(File))!.Secure);
        Assert.Equal([File], Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public async Task The_topology_that_a_lab_was_started_as_is_known_to_later_commands_or_else_named()
    {
        var marker = new LabMarker { Topology = "standalone", Directory = _directory, Engine = Engine.Native }.With(new NativePorts());
        marker.Write(File);
        _ = Assert.IsType<Standalone>(NativeClusterOptions.Load(_directory).Topology);
        Assert.Same(TopologyList.Default, ComposeClusterOptions.Load(_directory).Topology);

        // What was started by a later version can be ended, if nothing else.
        new LabLayout(_directory).Mark(marker with { Topology = "ring" });
        await System.IO.File.WriteAllTextAsync(new LabLayout(_directory).UpFile, "", TestContext.Current.CancellationToken);
        var lab = new LabCluster(NativeClusterOptions.Load(_directory));
        var failure = await Assert.ThrowsAsync<LabException>(() => lab.GetStatusAsync(TestContext.Current.CancellationToken));
        Assert.Contains("has the topology ring, which this version does not know", failure.Message, StringComparison.Ordinal);
        _ = await lab.DownAsync(TestContext.Current.CancellationToken);
        Assert.False((await lab.GetStatusAsync(TestContext.Current.CancellationToken)).IsUp);
    }

    [Fact]
    public void A_lab_that_is_down_is_on_no_engine_and_may_be_moved()
    {
        LabMarker.Down("/where/it/was").Write(File);

        var folder = LabFolder.Look(_directory);
        folder.RequireOwn();
        folder.RequireReadable();
        Assert.Null(folder.Engine);
    }

    [Fact]
    public void A_file_that_was_not_written_to_its_end_does_not_take_the_place_of_the_last_one()
    {
        LabMarker.Down(_directory).Write(File);
        System.IO.File.WriteAllText($"{File}.new", "{");

        LabFolder.Look(_directory).RequireReadable();
        Assert.Empty(LabFolder.Strangers(_directory));
    }

    [Fact]
    public void A_newer_version_is_not_touched()
    {
        (LabMarker.Down(_directory) with { Format = LabMarker.CurrentFormat + 1 }).Write(File);

        Assert.Contains("newer version (format 2;", Assert.Throws<LabException>(LabFolder.Look(_directory).RequireOwn).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_of_that_name_beside_files_of_others_is_no_mark()
    {
        System.IO.File.WriteAllText(File, "");
        System.IO.File.WriteAllText(Path.Combine(_directory, "notes.txt"), "mine");

        _ = Assert.Throws<LabException>(LabFolder.Look(_directory).RequireOwn);
    }

    [Fact]
    public async Task A_lab_that_comes_up_or_goes_down_at_this_moment_is_a_lab()
    {
        LabLayout NewFolder(int number) => new(Directory.CreateDirectory(Path.Combine(_directory, $"{number}")).FullName);
        var layout = NewFolder(0);
        using var ended = new CancellationTokenSource();
        var looking = Task.Run(
            () =>
            {
                while (!ended.IsCancellationRequested)
                {
                    var folder = LabFolder.Look(layout.Root);
                    folder.RequireOwn();
                    folder.RequireReadable();
                }
            },
            TestContext.Current.CancellationToken);
        for (var i = 1; i <= 300 && !looking.IsCompleted; i++)
        {
            using (ClusterLock.Take(layout.LockFile))
            {
                var marker = new LabMarker { Topology = TopologyList.Default.Name, Directory = layout.Root, Engine = Engine.Native };
                layout.Mark(marker.With(NativePorts.FromBase(7670)));
                _ = Directory.CreateDirectory(Path.Combine(layout.Root, LabNames.Home));
                await System.IO.File.WriteAllTextAsync(layout.UpFile, "", TestContext.Current.CancellationToken);
                layout.RemoveData();
            }

            if (i % 2 is 0)
            {
                layout = NewFolder(i);
            }
        }

        await ended.CancelAsync();
        await looking;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
