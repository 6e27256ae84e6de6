using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class FailoverReportTests
{
    // Corosync 3.1.10 and Pacemaker 3.0.3; without what is not read; an earlier failover stands before it.
    private const string Killed = """
        Nov 29 11:02:11.100 [90] host2 corosync notice  [TOTEM ] A new membership (2.9) was formed. Members left: 1
        Nov 29 11:17:51.253 [90] host2 corosync notice  [TOTEM ] A new membership (2.d) was formed. Members left: 1
        Nov 29 11:02:12.000 host2 pacemaker-fenced    [117] 	notice: Requesting peer fencing (reboot) targeting host1 | id=1
        Nov 29 11:02:20.000 host2 pacemaker-controld  [121] 	notice: Result of start operation for broker on host2: OK
        Nov 29 11:17:52.513 host2 pacemaker-fenced    [117] 	notice: Requesting peer fencing (reboot) targeting host1 | id=a007ad45
        Nov 29 11:17:52.865 host2 pacemaker-fenced    [117] 	notice: Operation 'reboot' targeting host1 by host2: OK (Done) | id=a007ad45
        Nov 29 11:17:53.077 host2 pacemaker-controld  [121] 	notice: Result of start operation for address on host2: OK
        Nov 29 11:17:53.229 host2 pacemaker-controld  [121] 	notice: Requesting local execution of start operation for broker on host2
        Nov 29 11:18:02.301 host2 pacemaker-controld  [121] 	notice: Result of start operation for broker on host2: OK
        """;

    private static readonly DateTimeOffset Injected = new(2026, 11, 29, 11, 17, 49, 140, TimeSpan.Zero);

    [Fact]
    public void Each_step_is_timed_from_the_one_before_it() => Assert.Equal(
        new FailoverTimes("host2", Milliseconds(2113), Milliseconds(1260), Milliseconds(352), Milliseconds(212), Milliseconds(9072)),
        FailoverReport.Parse(Killed, "host2", Injected));

    [Fact]
    public void A_broker_that_was_started_on_no_host_since_the_fault_has_not_failed_over() =>
        Assert.Null(FailoverReport.Parse(Killed, "host2", Injected.AddMinutes(1)));

    [Fact]
    public void A_broker_that_is_started_again_where_it_was_takes_only_the_time_of_its_start()
    {
        const string Restarted = """
            Nov  9 01:00:05.000 host1 pacemaker-controld  [121] 	notice: Requesting local execution of start operation for broker on host1
            Nov  9 01:00:09.500 host1 pacemaker-controld  [121] 	notice: Result of start operation for broker on host1: ok
            """;

        Assert.Equal(
            new FailoverTimes("host1", null, null, null, null, Milliseconds(4500)),
            FailoverReport.Parse(Restarted, "host1", new(2026, 11, 9, 1, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void A_fault_at_the_end_of_a_year_is_healed_in_the_next() => Assert.Equal(
        Milliseconds(4000),
        FailoverReport.Parse(
            """
            Dec 31 23:59:58.000 host1 x Requesting local execution of start operation for broker on host1
            Jan  1 00:00:02.000 host1 x Result of start operation for broker on host1: OK
            """,
            "host1",
            new(2026, 12, 31, 23, 59, 50, TimeSpan.Zero))!.Start);

    [Fact]
    public void What_failed_over_at_the_end_of_the_last_year_was_before_the_fault() => Assert.Null(FailoverReport.Parse(
        """
        Dec 31 23:59:58.000 host1 x Requesting local execution of start operation for broker on host1
        Dec 31 23:59:59.000 host1 x Result of start operation for broker on host1: OK
        """,
        "host1",
        new(2027, 1, 1, 0, 0, 10, TimeSpan.Zero)));

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
