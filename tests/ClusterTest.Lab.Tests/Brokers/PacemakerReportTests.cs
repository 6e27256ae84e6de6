using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class PacemakerReportTests
{
    private static readonly string[] Hosts = ["host1", "host2"];

    [Fact]
    public void A_pair_on_which_everything_runs_is_whole()
    {
        var report = Report();

        Assert.Equal("3.0.3", report.Version);
        Assert.True(report.IsWhole(Hosts));
        Assert.True(report.Serves);
        Assert.Equal("host1", report.HostOf(PacemakerReport.Broker));
        Assert.Equal("host1", report.HostOf(PacemakerReport.Address));
    }

    [Theory]
    [InlineData("with_quorum=\"true\"", "with_quorum=\"false\"")]
    [InlineData("stonith-enabled=\"true\"", "stonith-enabled=\"false\"")]
    [InlineData("<node name=\"host2\" online=\"true\"", "<node name=\"host2\" online=\"false\"")]
    [InlineData("test:broker\" role=\"Started\"", "test:broker\" role=\"Starting\"")]
    [InlineData("<resource id=\"power1\" resource_agent=\"stonith:fence_docker\" role=\"Started\"", "<resource id=\"power1\" role=\"Stopped\"")]
    public void It_is_not_whole_when_one_thing_is_wrong(string right, string wrong) => Assert.False(Report(right, wrong).IsWhole(Hosts));

    [Fact]
    public void A_host_whose_fencing_failed_is_told_with_the_reason()
    {
        var report = Report(
            "<fence_history/>",
            """<fence_history><fence_event target="host1" status="failed" exit-reason="Fence agent did not complete within 20s"/></fence_history>""");

        Assert.Equal("Fence agent did not complete within 20s", report.Fencings["host1"]);
    }

    [Fact]
    public void A_fencing_that_succeeded_after_one_that_failed_is_no_failure() => Assert.Null(Report(
        "<fence_history/>",
        """<fence_history><fence_event target="host1" status="success"/><fence_event target="host1" status="failed"/></fence_history>""").Fencings["host1"]);

    // Pacemaker tries again every ten seconds, and lists what it tries now before what has failed.
    [Theory]
    [InlineData("""<fence_event target="host1" status="failed" exit-reason=""/>""", "no reason is given")]
    [InlineData("""<fence_event target="host1" status="success"/>""", null)]
    [InlineData("", null)]
    public void A_fencing_that_is_being_tried_does_not_hide_how_the_last_one_ended(string ended, string? reason)
    {
        var report = Report("<fence_history/>", $"""<fence_history><fence_event target="host1" status="pending"/>{ended}</fence_history>""");

        Assert.Equal(reason, report.Fencings.GetValueOrDefault("host1"));
    }

    [Fact]
    public void A_broker_that_did_not_start_is_told_with_what_its_agent_said()
    {
        var failure = Assert.Single(Report("<failures/>", Failures("host1")).Failures);

        Assert.Equal(new PacemakerFailure("start", "broker", "host1", "the broker ended: {error,<enoent>}"), failure);
    }

    [Fact]
    public void The_broker_is_given_up_only_when_every_host_has_tried()
    {
        const string Running = """<node name="host1"/></resource><!-- broker -->""";
        var none = Xml.Replace(Running, "</resource>", StringComparison.Ordinal);

        Assert.False(PacemakerReport.Parse(none.Replace("<failures/>", Failures("host1"), StringComparison.Ordinal))!.HasGivenUp);
        Assert.True(PacemakerReport.Parse(none.Replace("<failures/>", Failures("host1", "host2"), StringComparison.Ordinal))!.HasGivenUp);
        Assert.False(Report("<failures/>", Failures("host1", "host2")).HasGivenUp);
    }

    [Theory]
    [InlineData("")]
    [InlineData("crm_mon: Error: cluster is not available on this node")]
    [InlineData("<pacemaker-result><status code=\"102\" message=\"Not connected\"/></pacemaker-result>")]
    public void What_is_no_report_is_none(string output) => Assert.Null(PacemakerReport.Parse(output));

    [Fact]
    public void A_host_on_hold_is_told_from_the_others()
    {
        const string host = """name="host2" online="true" standby=""";
        var report = PacemakerReport.Parse(Xml.Replace($"{host}\"false\"", $"{host}\"true\"", StringComparison.Ordinal))!;

        Assert.Equal([false, true], report.Hosts.Select(static host => host.IsOnHold));
        Assert.False(report.IsWhole(["host1", "host2"]));
    }

    [Fact]
    public void What_is_on_two_hosts_is_told_and_not_whole()
    {
        var whole = PacemakerReport.Parse(Xml)!;
        var twice = whole with { Resources = [.. whole.Resources.Select(static resource => resource with { OtherHost = "host2" })] };
        Assert.All(whole.Resources, static resource => Assert.Null(resource.OtherHost));
        Assert.False(twice.IsWhole(["host1", "host2"]));

        const string host = """<node name="host1"/>""";
        var other = PacemakerReport.Parse(Xml.Replace(host, host + host.Replace('1', '2'), StringComparison.Ordinal))!;
        Assert.Contains("host2", other.Resources.Select(static resource => resource.OtherHost));
    }

    [Fact]
    public void Of_several_reports_that_of_a_host_with_quorum_counts_and_then_that_which_sees_the_broker()
    {
        var whole = PacemakerReport.Parse(Xml)!;
        var alone = whole with { HasQuorum = false };
        var blind = whole with { Resources = [.. whole.Resources.Select(static resource => resource with { IsStarted = false, Host = null })] };

        Assert.Same(whole, PacemakerReport.Choose([alone, blind, whole]));
        Assert.Same(blind, PacemakerReport.Choose([alone, blind]));
        Assert.Null(PacemakerReport.Choose([]));
    }

    private const string Reason = "the broker ended: {error,&amp;lt;enoent&amp;gt;}";

    private static string Failures(params string[] hosts) =>
        $"<failures>{string.Concat(hosts.Select(static host =>
            $"""<failure op_key="broker_start_0" node="{host}" exitstatus="error" exitreason="{Reason}. " task="start"/>"""))}</failures>";

    private static PacemakerReport Report(string right = "", string wrong = "")
    {
        Assert.Contains(right, Xml, StringComparison.Ordinal);
        return PacemakerReport.Parse(right is "" ? Xml : Xml.Replace(right, wrong, StringComparison.Ordinal))!;
    }

    // The output of crm_mon 3.0.3, without what is not read.
    private const string Xml = """
        <pacemaker-result api-version="2.42" request="crm_mon --one-shot --inactive --output-as=xml">
          <summary>
            <current_dc present="true" version="3.0.3-3.0.3" name="host1" id="1" with_quorum="true" mixed_version="false"/>
            <cluster_options fencing-enabled="true" no-quorum-policy="stop" stonith-enabled="true" stonith-timeout-ms="20000"/>
          </summary>
          <nodes>
            <node name="host1" online="true" standby="false" unclean="false" type="member"/>
            <node name="host2" online="true" standby="false" unclean="false" type="member"/>
          </nodes>
          <resources>
            <resource id="power1" resource_agent="stonith:fence_docker" role="Started" active="true" failed="false"><node name="host2"/></resource>
            <resource id="power2" resource_agent="stonith:fence_docker" role="Started" active="true" failed="false"><node name="host1"/></resource>
            <group id="service" number_resources="2">
              <resource id="address" resource_agent="ocf:heartbeat:IPaddr2" role="Started" active="true" failed="false"><node name="host1"/></resource>
              <resource id="broker" resource_agent="ocf:cluster-test:broker" role="Started" failed="false"><node name="host1"/></resource><!-- broker -->
            </group>
          </resources>
          <failures/>
          <fence_history/>
          <bans/>
          <status code="0" message="OK"/>
        </pacemaker-result>
        """;
}
