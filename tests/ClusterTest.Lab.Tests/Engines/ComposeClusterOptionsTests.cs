using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Topologies;
using Xunit;

namespace ClusterTest.Lab.Tests.Engines;

public sealed class ComposeClusterOptionsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void Labs_in_different_directories_are_different_projects_and_none_is_that_of_the_compose_file()
    {
        var (one, same, other) = (Load("lab").Project, Load("./lab").Project, Load("lab2").Project);

        Assert.Matches("^cluster-test-[0-9a-f]{8}$", one);
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void A_lab_is_found_again_on_the_ports_that_it_was_started_with()
    {
        var ports = ComposePorts.FromBase(9670);
        Assert.Equal([9670, 9671, 12100, 19672], ports.All(TopologyList.Default).Select(static port => port.Port));

        new LabLayout(_directory).Mark(new LabMarker { Topology = TopologyList.Default.Name, Directory = _directory, Engine = Engine.Compose }.With(ports));

        Assert.Equal(ports, Load(_directory).Ports);
        Assert.Equal(new NativePorts(), NativeClusterOptions.Load(_directory).Ports);
        Assert.Equal(new ComposePorts(), Load(Path.Combine(_directory, "other")).Ports);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static ComposeClusterOptions Load(string directory) => ComposeClusterOptions.Load(directory);

    [Fact]
    public void Labs_on_other_ports_have_other_networks() => Assert.Distinct(
        Enumerable.Range(4, 8).Select(static thousand => ComposePorts.FromBase((thousand * 1000) + 670).Network));
}
