using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Engines.Compose;
using Xunit;

namespace ClusterTest.Lab.Tests.Engines;

public sealed class ContainerTests
{
    private const string Connected = """{"lab_default":{"Aliases":["rabbit1"],"IPAddress":"172.24.0.2"}}""";
    private const string Ended = """{"lab_default":{"Aliases":["rabbit1"],"IPAddress":""}}""";

    [Theory]
    [InlineData("running", Connected, PartState.Running, "172.24.0.2")]
    [InlineData("running", "{}", PartState.CutOff, null)]
    [InlineData("paused", Connected, PartState.Frozen, "172.24.0.2")]
    [InlineData("paused", "{}", PartState.Frozen, null)]
    [InlineData("exited", Ended, PartState.Down, null)]
    [InlineData("created", Ended, PartState.Down, null)]
    [InlineData("dead", "{}", PartState.Down, null)]
    internal void A_fault_shows_in_what_docker_says_of_the_container(string status, string networks, PartState state, string? address)
    {
        var json = $$$"""
            [{"Id":"6363909a23ea","State":{"Status":"{{{status}}}","Paused":false},
            "Config":{"Labels":{"com.docker.compose.service":"rabbit1"}},
            "NetworkSettings":{"Ports":{},"Networks":{{{networks}}}}}]
            """;

        Assert.Equal([new Container("6363909a23ea", "rabbit1", state, address)], Container.Parse(json));
    }

    [Theory]
    [InlineData(
        "unhealthy",
        """[{"ExitCode":0,"Output":""},{"ExitCode":-1,"Output":"exec: \"amqp-ping\": executable file not found in $PATH\n"}]""",
        "exec: \"amqp-ping\": executable file not found in $PATH")]
    [InlineData("starting", """[{"ExitCode":1,"Output":""}]""", "nothing (exit code 1)")]
    [InlineData("starting", "[]", null)]
    [InlineData("starting", "null", null)]
    [InlineData("healthy", """[{"ExitCode":1,"Output":"was not ready"},{"ExitCode":0,"Output":""}]""", null)]
    public void A_health_check_that_fails_is_heard(string status, string log, string? complaint)
    {
        var json = $$$$"""
            [{"Id":"6363909a23ea","State":{"Status":"running","Health":{"Status":"{{{{status}}}}","Log":{{{{log}}}} }},
            "Config":{"Labels":{"com.docker.compose.service":"rabbit1"}},"NetworkSettings":{"Networks":{}}}]
            """;

        Assert.Equal(complaint, Container.Parse(json).Single().Complaint);
    }
}
