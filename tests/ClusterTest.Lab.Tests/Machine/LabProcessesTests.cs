using System.Text;
using ClusterTest.Lab.Machine;
using Xunit;

namespace ClusterTest.Lab.Tests.Machine;

public sealed class LabProcessesTests
{
    private const string Lab = "/home/me/cluster-test/.lab/native";

    [Fact]
    public void The_mark_names_lab_and_part() =>
        Assert.Equal("rabbit1", LabProcesses.RoleIn(Environment($"HOME=/root\0CLUSTER_TEST_LAB={Lab}\0CLUSTER_TEST_LAB_NODE=rabbit1\0"), Lab));

    [Theory]
    [InlineData("")]
    [InlineData("HOME=/root\0")]
    [InlineData("CLUSTER_TEST_LAB_NODE=rabbit1\0")]
    [InlineData("CLUSTER_TEST_LAB=/home/me/cluster-test/.lab/native2\0CLUSTER_TEST_LAB_NODE=rabbit1\0")]
    [InlineData("CLUSTER_TEST_LAB=/home/me/cluster-test/.lab\0CLUSTER_TEST_LAB_NODE=rabbit1\0")]
    [InlineData("NOTE=CLUSTER_TEST_LAB=/home/me/cluster-test/.lab/native\0")]
    public void A_process_without_this_very_mark_is_not_touched(string environment) =>
        Assert.Null(LabProcesses.RoleIn(Environment(environment), Lab));

    [Theory]
    [InlineData("42 (beam.smp) S 1 42 42", "beam.smp", 'S')]
    [InlineData("42 (a (b) c) T 1 42 42", "a (b) c", 'T')]
    public void Name_and_state_are_told_apart_whatever_the_name(string stat, string name, char state) =>
        Assert.Equal((name, state), ProcFile.StateIn(Encoding.UTF8.GetBytes(stat)));

    [Fact]
    public void A_process_that_is_gone_has_no_state() => Assert.Null(ProcFile.StateIn([]));

    private static byte[] Environment(string text) => Encoding.UTF8.GetBytes(text);
}
