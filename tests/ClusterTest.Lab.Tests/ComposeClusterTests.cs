using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Labs;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeClusterTests
{
    private const string NoSuchImage = "localhost:1/no-such-image:1";

    private static readonly Dictionary<string, string?> WithoutImage = new() { ["RABBITMQ_IMAGE"] = NoSuchImage };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Comes_up_is_found_without_its_engine_named_and_goes_down_with_nothing_but_logs_left()
    {
        await using var lab = new ComposeLab();

        var publicBefore = SecureLab.PublicListeners();
        var up = await lab.RunAsync("up", "--engine", "compose");
        Assert.Equal((0, ""), (up.ExitCode, up.Error));
        Assert.Empty(SecureLab.PublicListeners().Except(publicBefore));
        var again = await lab.RunAsync("up");
        Assert.Equal((0, $"The lab is up already. Clients connect to localhost:{ComposeLab.PortBase}."), (again.ExitCode, again.Output));
        Assert.Equal("rabbit@rabbit2", (await lab.RunAsync("ctl", "rabbit2", "eval", "node().")).Output.Trim());
        Assert.Matches(@"rabbit3 +\d+\.\d+\.\d+\.\d+:5672 +4\.\d+\.\d+ +running +UP \(L7OK\) +0", (await lab.RunAsync("status")).Output);

        Assert.Equal(0, (await lab.RunAsync("fault", "freeze", "rabbit1")).ExitCode);
        Assert.Equal(0, (await lab.RunAsync("fault", "kill", "rabbit2")).ExitCode);
        Assert.StartsWith("Down.", (await lab.RunAsync("down")).Output, StringComparison.Ordinal);

        await lab.AssertNothingIsLeftAsync();
        var log = await File.ReadAllTextAsync(Path.Combine(lab.Cluster.LogDirectory, "rabbit3.log"), Token);
        Assert.Contains("Server startup complete", log, StringComparison.Ordinal);
        Assert.Equal("Nothing was running.", (await lab.RunAsync("down")).Output);
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Ctrl_C_in_the_middle_of_up_leaves_nothing()
    {
        await using var lab = new ComposeLab();
        await using var up = lab.Start(new Dictionary<string, string?>(), "up", "--engine", "compose");
        await Eventually.TrueAsync(async () => (await lab.Cluster.GetStatusAsync(Token)).Nodes.Any(static node => node.State is not NodeState.Down));

        up.Send(Signal.Interrupt);

        Assert.Equal(130, await up.ExitCodeAsync(TestLab.Patience));
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task An_up_that_fails_leaves_nothing_but_logs()
    {
        await using var lab = new ComposeLab();
        var hurried = new LabCluster(lab.Options with { StartTimeout = TimeSpan.FromSeconds(2) });

        var failure = await Assert.ThrowsAsync<LabException>(() => hurried.UpAsync(cancellationToken: Token));

        Assert.StartsWith("The containers are not healthy after 2 s. ", failure.Message, StringComparison.Ordinal);
        await lab.AssertNothingIsLeftAsync();
        Assert.True(File.Exists(Path.Combine(hurried.LogDirectory, "rabbit1.log")));
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Comes_up_from_a_checkout_that_only_its_owner_may_read_in_a_path_with_a_space()
    {
        await using var lab = new ComposeLab();
        using var checkout = new StrictCheckout();
        var cluster = new LabCluster(lab.Options with { Checkout = checkout.Root });

        _ = await cluster.UpAsync(cancellationToken: Token);

        Assert.True((await cluster.GetStatusAsync(Token)).IsHealthy);
        var interval = await cluster.CtlAsync("rabbit2", ["eval", "application:get_env(aten, poll_interval)."], Token);
        Assert.Contains("1000", interval.Output, StringComparison.Ordinal);
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Comes_up_with_an_image_whose_path_lacks_the_folder_of_local_programs()
    {
        const string Image = "cluster-test-short-path";
        await using var lab = new ComposeLab();
        var given = Environment.GetEnvironmentVariable("RABBITMQ_IMAGE") ?? "rabbitmq:4.3-management";
        using var folder = new StateDirectory();
        folder.Write("Dockerfile", $"""
            FROM {given}
            ENV PATH=/usr/lib/rabbitmq/bin:/opt/rabbitmq/sbin:/opt/erlang/bin:/opt/openssl/bin:/usr/sbin:/usr/bin:/sbin:/bin
            ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
            CMD ["rabbitmq-server"]

            """);
        _ = await DockerCli.RunOrFailAsync(["build", "--tag", Image, folder.Path], Token, new Dictionary<string, string?> { ["DOCKER_BUILDKIT"] = "0" });
        try
        {
            var up = await lab.RunAsync(new Dictionary<string, string?> { ["RABBITMQ_IMAGE"] = Image }, "up", "--engine", "compose");
            Assert.True(up.ExitCode is 0, up.Error);
        }
        finally
        {
            _ = await lab.Cluster.DownAsync(CancellationToken.None);
            _ = await DockerCli.RunOrFailAsync(["image", "rm", Image], CancellationToken.None);
        }
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task An_image_that_cannot_be_had_is_named_with_what_to_set()
    {
        await using var lab = new ComposeLab();

        var up = await lab.RunAsync(WithoutImage, "up", "--engine", "compose");

        Assert.Equal(2, up.ExitCode);
        Assert.StartsWith($"The image {NoSuchImage} is not on this machine and cannot be pulled", up.Error, StringComparison.Ordinal);
        Assert.EndsWith("RABBITMQ_IMAGE and HAPROXY_IMAGE.", up.Error, StringComparison.Ordinal);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Without_the_images_and_without_an_engine_named_the_machines_packages_are_taken()
    {
        await using var lab = new ComposeLab();

        var up = await lab.RunAsync(WithoutImage, "up");
        var status = await lab.RunAsync("status");
        var down = await lab.RunAsync("down");

        Assert.Equal(0, up.ExitCode);
        Assert.Contains($"The image {NoSuchImage} is not on this machine", up.Output, StringComparison.Ordinal);
        Assert.Contains("the lab runs on this machine's packages instead", up.Output, StringComparison.Ordinal);
        Assert.Matches("rabbit1 +127.0.0.1:9681 ", status.Output);
        Assert.StartsWith("Down.", down.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_docker_the_engine_compose_says_so()
    {
        await using var lab = ProgramUnderTest.Start(
            "cluster-test-lab", ["up", "--engine", "compose"], new Dictionary<string, string?> { ["PATH"] = "/nowhere" });

        Assert.Equal(2, await lab.ExitCodeAsync(TestLab.Patience));
        Assert.Equal([
                "Docker is not installed: there is no docker in the PATH. "
                    + "Leave --engine out, or give --engine native: the lab then runs on this machine's packages.",
            ], lab.StandardError);
    }
}
