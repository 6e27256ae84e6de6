using ClusterTest.Lab.Engines.Compose;
using Xunit;

namespace ClusterTest.Lab.Tests.Engines;

public sealed class EngineReachTests
{
    private const string Kernel = "6.1.0-13-amd64";

    [Theory]
    [InlineData("unix:///var/run/docker.sock", "\"Debian GNU/Linux 12\"\n[\"name=seccomp\"]\n\"6.1.0-13-amd64\"", null)]
    [InlineData("unix:///run/user/1000/docker.sock", "\"Debian\"\n[\"name=rootless\"]\n\"6.1.0-13-amd64\"", "it is rootless")]
    [InlineData("unix:///var/run/docker.sock", "\"Docker Desktop\"\nnull\n\"6.1.0-13-amd64\"", "Docker Desktop")]
    [InlineData("unix:///home/me/.colima/docker.sock", "\"Ubuntu\"\n[]\n\"6.8.0-39-generic\"", "virtual machine (kernel 6.8.0-39-generic)")]
    [InlineData("ssh://build", "\"Debian\"\n[]\n\"6.1.0-13-amd64\"", "it runs elsewhere (ssh://build)")]
    [InlineData("", "", null)] // the docker client is too old to answer: the lab tries
    public void Only_an_engine_of_this_machine_that_runs_as_root_can_be_reached(string host, string info, string? reason)
    {
        var obstacle = EngineReach.Judge(host, info, Kernel);

        if (reason is null)
        {
            Assert.Null(obstacle);
        }
        else
        {
            Assert.Contains(reason, obstacle, StringComparison.Ordinal);
        }
    }
}
