using System.CommandLine;
using ClusterTest.Lab.Commands;
using ClusterTest.Lab.Faults;
using Xunit;

namespace ClusterTest.Lab.Tests.Commands;

public sealed class ForeignSyntaxTests
{
    private const string Uri = "amqp://user:secret@broker:5673/vhost";

    private readonly ForeignSyntax _syntax = new();
    private readonly Command _drill = new("drill");

    public ForeignSyntaxTests()
    {
        new DrillSyntax().AddToDrill(_drill);
        _syntax.AddTo(_drill);
    }

    [Fact]
    public void Without_a_uri_the_labs_own_cluster_is_meant() => Assert.Null(_syntax.Bind(_drill.Parse([])));

    [Fact]
    public void Without_a_uri_nodes_are_those_of_the_lab_that_take_a_turn()
    {
        Assert.Equal(["rabbit2", "rabbit3"], _syntax.NodesIn(_drill.Parse(["--nodes", "rabbit2,rabbit3"])));
        Assert.Empty(_syntax.NodesIn(_drill.Parse([])));
    }

    [Fact]
    public void Uri_nodes_faults_and_heal_make_a_cluster()
    {
        var cluster = _syntax.Bind(_drill.Parse(
        [
            "--uri", Uri,
            "--nodes", "one,two",
            "--fault", "stop: ssh {node} stop",
            "--fault", "lb: ssh lb restart",
            "--heal", "ssh {node} start",
            "--ready", "ssh {node} check",
        ]))!;

        Assert.Equal(
            ("broker", 5673, "user", "secret", "vhost"),
            (cluster.Uri.Endpoint.Host, cluster.Uri.Endpoint.Port, cluster.Uri.UserName, cluster.Uri.Password, cluster.Uri.VirtualHost));
        Assert.Equal(["one", "two"], cluster.Nodes);
        Assert.Equal([("stop", FaultTarget.Node), ("lb", FaultTarget.Cluster)], cluster.Faults.Select(fault => (fault.Name, fault.Target)));
        Assert.Equal(new CommandRecovery("ssh {node} start", "ssh {node} check"), cluster.Recovery);
    }

    [Theory]
    [InlineData("--heal", "true")]
    [InlineData("--heals-itself")]
    [InlineData("--nodes", "one", "--rounds", "1")]
    public void More_than_one_turn_takes_a_way_back(params string[] arguments)
    {
        string[] more = arguments[0] is "--nodes" ? [] : ["--rounds", "2", "--nodes", "one,two"];

        Assert.Empty(_drill.Parse(["--uri", Uri, "--fault", "stop: ssh {node} stop", .. arguments, .. more]).Errors);
    }

    [Theory]
    [InlineData("--uri: it is not of the form", "--uri", "http://broker")]
    [InlineData("a drill takes no parameters", "--uri", Uri + "?heartbeat=5")]
    [InlineData("name the cluster with --uri", "--fault", "stop: true")]
    [InlineData("name the cluster with --uri", "--heal", "true")]
    [InlineData("--nodes: 'one' is not one of rabbit1,", "--nodes", "rabbit1,one")]
    [InlineData("is not of the form 'name: command'", "--uri", Uri, "--fault", "true")]
    [InlineData("--nodes: name the nodes", "--uri", Uri, "--fault", "stop: ssh {node} stop")]
    [InlineData("--nodes: name the nodes", "--uri", Uri, "--heal", "ssh {node} start")]
    [InlineData("name the cluster with --uri", "--ready", "true")]
    [InlineData("name the cluster with --uri", "--heals-itself")]
    [InlineData("--nodes: name the nodes", "--uri", Uri, "--ready", "ssh {node} check")]
    [InlineData("need no --heal", "--uri", Uri, "--fault", "stop: true", "--heal", "true", "--heals-itself")]
    [InlineData("breaks the cluster 2 times and never heals it", "--uri", Uri, "--fault", "stop: ssh {node} stop", "--nodes", "one,two")]
    [InlineData("breaks the cluster 2 times and never heals it", "--uri", Uri, "--fault", "stop: true", "--fault", "kill: true")]
    [InlineData(
        "breaks the cluster 12 times and never heals it",
        "--uri", Uri, "--fault", "stop: ssh {node} stop", "--nodes", "one,two", "--rounds", "3", "--compare", "sessions=1,2")]
    [InlineData("cannot be put into a command", "--uri", Uri, "--fault", "stop: ssh {node} stop", "--nodes", "one;reboot")]
    [InlineData("a name of its own", "--uri", Uri, "--fault", "stop: true", "--fault", "stop: false")]
    [InlineData("give your own faults with --fault", "--uri", Uri, "--faults", "kill")]
    [InlineData("faults by hand are never the same", "--uri", Uri, "--compare", "sessions=1,2")]
    public void What_makes_no_sense_is_refused(string reason, params string[] arguments)
    {
        var errors = _drill.Parse(arguments).Errors;

        Assert.Contains(errors, error => error.Message.Contains(reason, StringComparison.Ordinal));
        Assert.DoesNotContain(errors, error => error.Message.Contains("secret", StringComparison.Ordinal));
    }
}
