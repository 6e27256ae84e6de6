using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>Tests that the lab writes to and deletes only what it made.</summary>
public sealed class StateDirectoryTests
{
    [Theory]
    [InlineData("down")]
    [InlineData("up")]
    [InlineData("heal")]
    [InlineData("fault", "kill", "rabbit1")]
    [InlineData("fault", "balancer-kill")]
    [InlineData("drill")]
    [InlineData("soak")]
    [InlineData("demo")]
    [InlineData("compare")]
    public async Task A_folder_that_is_no_labs_is_refused_and_nothing_is_changed_in_it(params string[] command)
    {
        using var folder = new StateDirectory();
        string[] files = ["home/letter.txt", "logs/rabbit1.log", "notes.txt", "rabbit1/photo.jpg", "secrets/key"];
        foreach (var file in files)
        {
            folder.Write(file, "mine");
        }

        var refused = await folder.RunAsync(["--engine", "native", .. command]);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith($"{folder.Path} is not a folder of the lab", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--state-dir", refused.Error, StringComparison.Ordinal);
        Assert.Equal(files, folder.Files());
    }

    public static TheoryData<string, string[]> LookAlikes => new()
    {
        { "an empty lock", ["lock"] },
        { "a marker of something else", ["lab.json={\"name\":\"my lab\",\"samples\":[1,2]}", "lock"] },
        { "a marker of something else, alone", ["lab.json={\"name\":\"my lab\"}"] },
        { "an empty marker", ["lab.json="] },
        { "an empty marker and an empty lock", ["lab.json=", "lock"] },
        { "the marker of a lab that is down", ["lab.json={\"format\":1,\"topology\":\"cluster\",\"directory\":\"/tmp/x\"}", "lock=cluster-test-lab\n"] },
    };

    [Theory]
    [MemberData(nameof(LookAlikes))]
    public async Task What_the_lab_did_not_make_stays_whatever_it_is_called(string what, string[] marks)
    {
        using var folder = new StateDirectory();
        foreach (var mark in marks)
        {
            folder.Write(mark.Split('=')[0], mark.Contains('=', StringComparison.Ordinal) ? mark[(mark.IndexOf('=', StringComparison.Ordinal) + 1)..] : "");
        }

        folder.Write("home/precious", what);
        folder.Write("secrets/key", what);
        var before = folder.Files();

        foreach (var command in new[] { "down", "up" })
        {
            var refused = await folder.RunAsync(["--engine", "native", command]);

            Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
            Assert.Contains(folder.Path, refused.Error, StringComparison.Ordinal);
            Assert.Equal(before, folder.Files());
        }

        Assert.Equal(what, await File.ReadAllTextAsync(Path.Combine(folder.Path, "secrets", "key"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Logs_that_are_a_link_are_refused_and_nothing_is_deleted_through_it()
    {
        using var folder = new StateDirectory();
        var elsewhere = folder.Sibling("elsewhere");
        _ = Directory.CreateDirectory(elsewhere);
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "haproxy.log"), "mine", TestContext.Current.CancellationToken);
        _ = Directory.CreateDirectory(folder.Path);
        folder.Write("lock", "cluster-test-lab\n");
        folder.Write("lab.json", $$"""{"format":1,"topology":"cluster","directory":"{{folder.Path}}"}""");
        _ = Directory.CreateSymbolicLink(Path.Combine(folder.Path, "logs"), elsewhere);

        var up = await folder.RunAsync(["--engine", "native", "up"]);

        Assert.Equal(2, up.ExitCode);
        Assert.Contains("logs is a link", up.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(elsewhere, "haproxy.log")));
    }

    [Fact]
    public async Task Down_removes_what_the_lab_made_and_names_what_it_leaves()
    {
        using var folder = new StateDirectory();
        folder.WriteLab("native");
        foreach (var made in new[] { "rabbit1/data/x", "home/.erlang.cookie", "broker/sbin/x", "secrets/ca.pem" })
        {
            folder.Write(made);
        }

        folder.Write("notes.txt", "mine");
        folder.Write("mine/notes.txt", "mine");

        var down = await folder.RunAsync(["--engine", "native", "down"]);

        Assert.Equal(0, down.ExitCode);
        Assert.Contains("the lab did not make it: mine, notes.txt", down.Output, StringComparison.Ordinal);
        Assert.Equal(["lab.json", "lock", "logs/rabbit1.log", "mine/notes.txt", "notes.txt"], folder.Files());
    }

    [Fact]
    public async Task Down_follows_no_link_out_of_the_folder()
    {
        using var folder = new StateDirectory();
        folder.WriteLab("native");
        var elsewhere = folder.Sibling("elsewhere");
        _ = Directory.CreateDirectory(elsewhere);
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "notes.txt"), "mine", TestContext.Current.CancellationToken);
        _ = Directory.CreateSymbolicLink(Path.Combine(folder.Path, "home"), elsewhere);

        Assert.Equal(0, (await folder.RunAsync(["--engine", "native", "down"])).ExitCode);

        Assert.False(Path.Exists(Path.Combine(folder.Path, "home")));
        Assert.True(File.Exists(Path.Combine(elsewhere, "notes.txt")));
    }

    [Theory]
    [InlineData("lab/", false)]
    [InlineData("./nothing/../lab", false)]
    [InlineData("link", true)]
    [InlineData("link/.", true)]
    public async Task A_folder_is_one_lab_however_it_is_written(string written, bool isLink)
    {
        using var folder = new StateDirectory();
        folder.WriteLab("native");
        if (isLink)
        {
            _ = Directory.CreateSymbolicLink(folder.Sibling("link"), folder.Path);
        }

        await using var part = ProgramUnderTest.Start("/bin/sleep", ["600"], new Dictionary<string, string?>
        {
            [LabProcesses.LabVariable] = folder.Path,
            [LabProcesses.RoleVariable] = LabCluster.BalancerRole,
        });

        var status = await folder.RunAsync(["--engine", "native", "status"], written, folder.Sibling(""));
        var down = await folder.RunAsync(["--engine", "native", "down"], written, folder.Sibling(""));

        Assert.DoesNotContain("not up", status.Output, StringComparison.Ordinal);
        Assert.StartsWith("Down.", down.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, await part.ExitCodeAsync(TestLab.Patience));
    }

    [Theory]
    [InlineData("lab.json", "")]
    [InlineData("lab.json", """{"format":1,"topology":"clus""")]
    [InlineData("lab.json", "null")]
    [InlineData("lab.json", """{"format":1,"engine":"native","ports":{"balancer":"none"},"topology":"cluster"}""")]
    [InlineData("NativePorts.json", "")]
    [InlineData("ComposePorts.json", "{")]
    public async Task A_state_file_that_is_torn_is_told_and_down_repairs_it(string file, string content)
    {
        using var folder = new StateDirectory();
        foreach (var made in new[] { "up", "home/x", "rabbit1/data/x" })
        {
            folder.Write(made);
        }

        folder.Write("lock", "cluster-test-lab\n"); // the content that a command leaves when it has taken the lock
        folder.Write(file, content);

        var status = await folder.RunAsync(["status"]);
        var up = await folder.RunAsync(["up"]);
        var down = await folder.RunAsync(["down"]);
        var after = await folder.RunAsync(["status"]);

        Assert.All([status, up], told =>
        {
            Assert.Equal(2, told.ExitCode);
            Assert.Contains(file, told.Error, StringComparison.Ordinal);
            Assert.Contains("./lab down", told.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("bug", told.Error, StringComparison.Ordinal);
        });
        Assert.Equal((0, ""), (down.ExitCode, down.Error));
        Assert.Equal(["lab.json", "lock"], folder.Files());
        Assert.Equal((0, "The lab is not up. Start it with ./lab up."), (after.ExitCode, after.Output));
    }

    [Fact]
    public async Task A_lab_of_an_older_version_without_a_marker_is_ended_and_removed()
    {
        using var folder = new StateDirectory();
        foreach (var made in new[] { "lock", "up", "home/x", "rabbit1/data/x", "logs/rabbit1.log" })
        {
            folder.Write(made);
        }

        folder.Write("NativePorts.json", """{"FirstNode":8681,"Balancer":8670}""");

        Assert.Equal(0, (await folder.RunAsync(["--engine", "native", "down"])).ExitCode);

        Assert.Equal(["lab.json", "lock", "logs/rabbit1.log"], folder.Files());
    }

    [Fact]
    public async Task A_lab_that_was_moved_while_it_was_up_is_refused_with_where_it_was()
    {
        using var folder = new StateDirectory();
        folder.WriteLab("native");
        var moved = folder.Sibling("moved");
        Directory.Move(folder.Path, moved);

        var down = await folder.RunAsync(["--engine", "native", "down"], moved);

        Assert.Equal(2, down.ExitCode);
        Assert.Contains($"is the folder of the lab in {folder.Path}", down.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(moved, "rabbit2.fault")));
    }

    [Fact]
    public async Task A_second_drill_on_the_same_lab_is_refused_at_once()
    {
        using var folder = new StateDirectory();
        folder.WriteLab("native");
        await using var first = new FileStream(Path.Combine(folder.Path, "drill.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        foreach (var command in new[] { "drill", "soak", "demo", "compare" })
        {
            var second = await folder.RunAsync(["--engine", "native", command]);

            Assert.Equal((2, ""), (second.ExitCode, second.Output));
            Assert.StartsWith($"A drill is running on the lab in {folder.Path}", second.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await folder.RunAsync(["--engine", "native", "status"])).ExitCode);
    }

    [Theory]
    [InlineData("down")]
    [InlineData("--engine", "compose", "down")]
    public async Task Down_says_that_docker_does_not_answer_and_keeps_what_is_known_of_the_lab(params string[] command)
    {
        using var folder = new StateDirectory();
        using var docker = FakeDocker.Unreachable();
        folder.WriteLab("compose");
        var before = folder.Files();

        var down = await folder.RunAsync(command, environment: docker.Environment);
        var status = await folder.RunAsync(["status"], environment: docker.Environment);

        Assert.Equal((2, ""), (down.ExitCode, down.Output));
        Assert.Contains("Docker does not answer: Cannot connect", down.Error, StringComparison.Ordinal);
        Assert.Contains(folder.Path, down.Error, StringComparison.Ordinal);
        Assert.Equal(before, folder.Files());
        Assert.Equal(2, status.ExitCode);
        Assert.Contains("Docker does not answer", status.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "compose", false)]
    [InlineData("native", null, false)]
    public void Down_says_that_containers_were_not_looked_for_only_if_nobody_knows_of_a_lab(string? native, string? compose, bool expected)
    {
        using var first = new StateDirectory();
        using var second = new StateDirectory();
        if (native is not null)
        {
            first.WriteLab(native);
        }

        if (compose is not null)
        {
            second.WriteLab(compose);
        }

        Assert.Equal(expected, LabChoice.MayHaveContainers(LabFolder.Look(first.Path), LabFolder.Look(second.Path)));
    }

    [Fact]
    public async Task A_lab_of_one_engine_is_not_taken_for_one_of_the_other()
    {
        using var folder = new StateDirectory();
        folder.WriteLab("compose");

        var down = await folder.RunAsync(["--engine", "native", "down"]);

        Assert.Equal(2, down.ExitCode);
        Assert.Contains("runs in containers", down.Error, StringComparison.Ordinal);
        Assert.Contains("up", folder.Files());
    }

    [Theory]
    [InlineData("unix:///run/user/1000/docker.sock", """["name=seccomp,profile=builtin","name=rootless"]""", "Debian GNU/Linux 12", "rootless")]
    [InlineData("unix:///home/me/.docker/desktop/docker.sock", "[]", "Docker Desktop", "Docker Desktop")]
    [InlineData("ssh://me@build.example", "[]", "Debian GNU/Linux 12", "ssh://me@build.example")]
    [InlineData("tcp://10.0.0.7:2376", "[]", "Debian GNU/Linux 12", "tcp://10.0.0.7:2376")]
    public async Task An_engine_whose_containers_cannot_be_reached_is_refused_before_anything_is_started(
        string host, string security, string system, string reason)
    {
        using var folder = new StateDirectory();
        using var docker = FakeDocker.Engine(host, security, system);

        var up = await folder.RunAsync(["--engine", "compose", "up"], environment: docker.Environment);

        Assert.Equal((2, ""), (up.ExitCode, up.Output));
        Assert.Contains(reason, up.Error, StringComparison.Ordinal);
        Assert.Contains("--engine native", up.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', up.Error);
        Assert.DoesNotContain(docker.Called, static call => call.Contains("pull", StringComparison.Ordinal) || call.Contains(" up ", StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public async Task Without_an_engine_named_packages_are_taken_where_containers_cannot_be_reached()
    {
        using var folder = new StateDirectory();
        using var docker = FakeDocker.Engine("unix:///run/user/1000/docker.sock", """["name=rootless"]""", "Debian GNU/Linux 12");

        var up = await folder.RunAsync(["--broker", "/nowhere/rabbitmq-server", "up"], environment: docker.Environment);

        Assert.Contains("rootless", up.Output, StringComparison.Ordinal);
        Assert.StartsWith("Not installed: /nowhere/rabbitmq-server", up.Error, StringComparison.Ordinal);
    }
}
