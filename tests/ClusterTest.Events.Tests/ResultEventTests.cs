using Xunit;

namespace ClusterTest.Events.Tests;

/// <summary>The lines of <c>--output json</c> are an interface: other programs read them.</summary>
public sealed class ResultEventTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero);

    public static TheoryData<ResultEvent, string> Lines => new()
    {
        {
            new StartedEvent("cluster-test-consumer", "1.2.3", "c-1", 2, "q-1", "quorum") { Timestamp = At },
            """
            {"event":"started","ts":"2026-01-02T03:04:05.678901Z","program":"cluster-test-consumer","version":"1.2.3","clock":"c-1","sessions":2,
            "queue":"q-1","queue_type":"quorum"}
            """.ReplaceLineEndings("")
        },
        {
            new ReadyEvent(1, 2, "127.0.0.1:5670") { Timestamp = At },
            """{"event":"ready","ts":"2026-01-02T03:04:05.678901Z","session":1,"generation":2,"endpoint":"127.0.0.1:5670"}"""
        },
        {
            new ReceivedEvent("m-1", "r-1", 7, "Cluster Test!", 1301531152.25, true, 0) { Timestamp = At },
            """
            {"event":"received","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"content":"Cluster Test!","time":1301531152.25,
            "redelivered":true,"session":0}
            """.ReplaceLineEndings("")
        },
        {
            new ReceivedEvent(null, null, null, "ü\"\n\u001b", 1, false, 0) { Timestamp = At },
            """
            {"event":"received","ts":"2026-01-02T03:04:05.678901Z","id":null,"run":null,"seq":null,"content":"\u00FC\u0022\n\u001B","time":1,
            "redelivered":false,"session":0}
            """.ReplaceLineEndings("")
        },
        {
            new ParkedEvent("m-1", "r-1", 7, "the body is empty", 0) { Timestamp = At },
            """{"event":"parked","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"reason":"the body is empty","session":0}"""
        },
        {
            new ConsumerSummaryEvent(10, 8, 2, 1, 3, 4, 5, 6, Ms(7.125)) { Timestamp = At, Unreadable = 4 },
            """
            {"event":"consumer-summary","ts":"2026-01-02T03:04:05.678901Z","received":10,"distinct":8,"duplicates":2,"out_of_order":1,"redelivered":3,
            "parked":4,"stale_acks":5,"outages":6,"longest_silence_ms":7.125,"unreadable":4}
            """.ReplaceLineEndings("")
        },
        {
            new ReceivedEvent("m-1", "r-1", 7, "x", 1, false, 0) { Timestamp = At, Damage = "the digest does not fit the body" },
            """
            {"event":"received","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"content":"x","time":1,"redelivered":false,
            "session":0,"damage":"the digest does not fit the body"}
            """.ReplaceLineEndings("")
        },
        {
            new SentEvent("m-1", "r-1", 7, Ms(1.234), 2) { Timestamp = At, MonotonicMicroseconds = 77, Lag = Ms(5.5) },
            """{"event":"sent","ts":"2026-01-02T03:04:05.678901Z","mono_us":77,"id":"m-1","run":"r-1","seq":7,"latency_ms":1.234,"attempts":2,"lag_ms":5.5}"""
        },
        {
            new OmittedEvent("r-1", 5000, Ms(25000.5), Ms(4.5)) { Timestamp = At },
            """{"event":"omitted","ts":"2026-01-02T03:04:05.678901Z","run":"r-1","count":5000,"first_lag_ms":25000.5,"last_lag_ms":4.5}"""
        },
        {
            new ReceivedEvent("m-1", "r-1", 7, "Cluster Test!", 1301531152.25, false, 0) { Timestamp = At, DueMicroseconds = 77 },
            """
            {"event":"received","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"content":"Cluster Test!","time":1301531152.25,
            "redelivered":false,"session":0,"due_us":77}
            """.ReplaceLineEndings("")
        },
        {
            new FaultEvent(1, "pull", null, null, "injecting", "c-1", null) { Timestamp = At, MonotonicMicroseconds = 77, Source = "lab", Checked = false },
            """
            {"event":"fault","ts":"2026-01-02T03:04:05.678901Z","mono_us":77,"source":"lab","id":1,"fault":"pull","node":null,"role":null,
            "step":"injecting","clock":"c-1","detail":null,"checked":false}
            """.ReplaceLineEndings("")
        },
        {
            new SentEvent("m-1", "r-1", 7, Ms(1.234), 2) { Timestamp = At },
            """{"event":"sent","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"latency_ms":1.234,"attempts":2}"""
        },
        {
            new UnknownEvent("m-1", "r-1", 7, 2) { Timestamp = At },
            """{"event":"unknown","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"attempts":2}"""
        },
        {
            new ReturnedEvent("m-1", "r-1", 7, 2) { Timestamp = At },
            """{"event":"returned","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"attempts":2}"""
        },
        {
            new NotSentEvent("m-1", "r-1", 7) { Timestamp = At },
            """{"event":"not-sent","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7}"""
        },
        {
            new UnknownEvent("m-1", "r-1", 7, 2) { Timestamp = At, Latency = Ms(30000.5) },
            """{"event":"unknown","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"attempts":2,"latency_ms":30000.5}"""
        },
        {
            new SentEvent("m-1", "r-1", 7, Ms(1.5), 2) { Timestamp = At, Lag = Ms(3) },
            """{"event":"sent","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"latency_ms":1.5,"attempts":2,"lag_ms":3}"""
        },
        {
            new UnknownEvent("m-1", "r-1", 7, 2) { Timestamp = At, Latency = Ms(1.5), Lag = Ms(3) },
            """{"event":"unknown","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"attempts":2,"latency_ms":1.5,"lag_ms":3}"""
        },
        {
            new ReturnedEvent("m-1", "r-1", 7, 2) { Timestamp = At, Latency = Ms(1.5), Lag = Ms(3), Reason = "why" },
            """{"event":"returned","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"attempts":2,"latency_ms":1.5,"lag_ms":3,"reason":"why"}"""
        },
        {
            new NotSentEvent("m-1", "r-1", 7) { Timestamp = At, Latency = Ms(1.5), Lag = Ms(3) },
            """{"event":"not-sent","ts":"2026-01-02T03:04:05.678901Z","id":"m-1","run":"r-1","seq":7,"latency_ms":1.5,"lag_ms":3}"""
        },
        {
            new ProducerSummaryEvent("r-1", 9, 1, 2, 3, 4, 5, 6.5, 7.5, new LatencySummary(1, 2, 3, 4, 5)) { Timestamp = At },
            """
            {"event":"producer-summary","ts":"2026-01-02T03:04:05.678901Z","run":"r-1","confirmed":9,"unknown":1,"returned":2,"not_sent":3,
            "republished":4,"outages":5,"seconds":6.5,"rate":7.5,"latency_ms":{"p50":1,"p90":2,"p99":3,"p99_9":4,"max":5},"omitted":0}
            """.ReplaceLineEndings("")
        },
        {
            new ProducerSummaryEvent("r-1", 0, 0, 0, 0, 0, 0, 0, 0, null) { Timestamp = At, Omitted = 7 },
            """
            {"event":"producer-summary","ts":"2026-01-02T03:04:05.678901Z","run":"r-1","confirmed":0,"unknown":0,"returned":0,"not_sent":0,
            "republished":0,"outages":0,"seconds":0,"rate":0,"latency_ms":null,"omitted":7}
            """.ReplaceLineEndings("")
        },
        {
            new LostConnectionEvent(0, "127.0.0.1:5670", "connection-forced", "connection", 320, "shutdown") { Timestamp = At },
            """
            {"event":"lost-connection","ts":"2026-01-02T03:04:05.678901Z","session":0,"endpoint":"127.0.0.1:5670","cause":"connection-forced",
            "scope":"connection","code":320,"detail":"shutdown"}
            """.ReplaceLineEndings("")
        },
        {
            new LostConnectionEvent(0, "127.0.0.1:5670", "closed-by-peer", "connection", null, "the peer closed the connection") { Timestamp = At },
            """
            {"event":"lost-connection","ts":"2026-01-02T03:04:05.678901Z","session":0,"endpoint":"127.0.0.1:5670","cause":"closed-by-peer",
            "scope":"connection","code":null,"detail":"the peer closed the connection"}
            """.ReplaceLineEndings("")
        },
        {
            new RecoveredEvent(0, "127.0.0.1:5670", Ms(42.125), Ms(21.5), 3) { Timestamp = At },
            """
            {"event":"recovered","ts":"2026-01-02T03:04:05.678901Z","session":0,"endpoint":"127.0.0.1:5670","outage_ms":42.125,"reconnect_ms":21.5,
            "attempts":3}
            """.ReplaceLineEndings("")
        },
        {
            new FatalEvent("127.0.0.1:5670", "authentication-failed", 403, "refused") { Timestamp = At },
            """{"event":"fatal","ts":"2026-01-02T03:04:05.678901Z","endpoint":"127.0.0.1:5670","cause":"authentication-failed","code":403,"detail":"refused"}"""
        },
        {
            new FaultEvent(1, "kill", "rabbit1", "leader,consumer", "failed", "c-1", "no such node") { Timestamp = At, Source = "lab" },
            """
            {"event":"fault","ts":"2026-01-02T03:04:05.678901Z","source":"lab","id":1,"fault":"kill","node":"rabbit1","role":"leader,consumer",
            "step":"failed","clock":"c-1","detail":"no such node"}
            """.ReplaceLineEndings("")
        },
        {
            new FaultEvent(1, "delete-queue", null, null, "effective", "c-1", null) { Timestamp = At, Source = "lab", TakesMessages = true },
            """
            {"event":"fault","ts":"2026-01-02T03:04:05.678901Z","source":"lab","id":1,"fault":"delete-queue","node":null,"role":null,
            "step":"effective","clock":"c-1","detail":null,"takes_messages":true}
            """.ReplaceLineEndings("")
        },
        {
            new FaultEvent(1, "switch-off", "host1", null, "healing", "c-1", null)
            {
                Timestamp = At,
                Source = "lab",
                Failover = new FailoverTimes("host2", Ms(1001.5), Ms(12.125), Ms(2002), Ms(0), Ms(8003.25)),
            },
            """
            {"event":"fault","ts":"2026-01-02T03:04:05.678901Z","source":"lab","id":1,"fault":"switch-off","node":"host1","role":null,
            "step":"healing","clock":"c-1","detail":null,"failover":{"host":"host2","detection_ms":1001.5,"decision_ms":12.125,"fencing_ms":2002,
            "address_ms":0,"start_ms":8003.25}}
            """.ReplaceLineEndings("")
        },
        {
            new FaultEvent(2, "kill-broker", "host1", null, "healing", "c-1", null)
            {
                Timestamp = At,
                Source = "lab",
                Failover = new FailoverTimes("host1", null, null, null, null, Ms(7000)),
            },
            """
            {"event":"fault","ts":"2026-01-02T03:04:05.678901Z","source":"lab","id":2,"fault":"kill-broker","node":"host1","role":null,
            "step":"healing","clock":"c-1","detail":null,"failover":{"host":"host1","detection_ms":null,"decision_ms":null,"fencing_ms":null,
            "address_ms":null,"start_ms":7000}}
            """.ReplaceLineEndings("")
        },
        {
            new FaultEvent(1, "restart", "rabbit1", null, "injecting", "c-1", null) { Timestamp = At, Source = "lab", OverWhenEffective = true },
            """
            {"event":"fault","ts":"2026-01-02T03:04:05.678901Z","source":"lab","id":1,"fault":"restart","node":"rabbit1","role":null,
            "step":"injecting","clock":"c-1","detail":null,"over_when_effective":true}
            """.ReplaceLineEndings("")
        },
        {
            new DrillStartedEvent(
                "drill",
                "sessions=2",
                "c-1",
                "q-1",
                "q-1.parked",
                new DrillEnvironment("1.2.3", "10.0", "Linux", ["rabbit1 4.3"], null, "localhost:5670") { Engine = "native", Secure = false },
                new DrillSettings(["kill"], ["rabbit1"], 1, 200, 2, "quorum", 7, null, null)
                {
                    Hold = TimeSpan.FromSeconds(2),
                    AckMode = "no-ack",
                    PlanName = "backlog",
                    Plan = [new PlannedFault(1, "kill", null, null, TimeSpan.FromSeconds(2)) { NodeOf = "shovel" }],
                })
            {
                Timestamp = At,
                Source = "lab",
            },
            """
            {"event":"drill-started","ts":"2026-01-02T03:04:05.678901Z","source":"lab","kind":"drill","variant":"sessions=2","clock":"c-1",
            "queue":"q-1","parked_queue":"q-1.parked","environment":{"tool":"1.2.3","runtime":"10.0","system":"Linux","brokers":["rabbit1 4.3"],
            "balancer":null,"address":"localhost:5670","engine":"native","secure":false},"settings":{"faults":["kill"],"nodes":["rabbit1"],"rounds":1,
            "rate":200,"sessions":2,"queue_type":"quorum","seed":7,"max_outage_ms":null,"time_ms":null,"hold_ms":2000,"fault_timeout_ms":null,
            "allow_majority_loss":false,"compare":null,"ack_mode":"no-ack","plan_name":"backlog","plan":[{"id":1,"fault":"kill","node":null,
            "at_ms":null,"hold_ms":2000,"node_of":"shovel"}],
            "command_line":""}}
            """.ReplaceLineEndings("")
        },
        {
            new ProblemEvent("no-flow", "Messages did not flow again.") { Timestamp = At, Source = "lab" },
            """{"event":"problem","ts":"2026-01-02T03:04:05.678901Z","source":"lab","kind":"no-flow","detail":"Messages did not flow again."}"""
        },
        {
            new DrillEndedEvent(3, 1) { Timestamp = At, Source = "lab" },
            """{"event":"drill-ended","ts":"2026-01-02T03:04:05.678901Z","source":"lab","fault_steps":3,"drained":1}"""
        },
        {
            new DrainedEvent("m-1", "r-1", 7, "q-1", "rabbit1") { Timestamp = At, Source = "lab" },
            """{"event":"drained","ts":"2026-01-02T03:04:05.678901Z","source":"lab","id":"m-1","run":"r-1","seq":7,"queue":"q-1","node":"rabbit1"}"""
        },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Is_one_line_of_JSON(ResultEvent result, string line) => Assert.Equal(line, EventJson.Write(result));

    [Theory]
    [MemberData(nameof(Lines))]
    public void Is_read_back_as_it_was(ResultEvent result, string line) => Assert.Equivalent(result, EventJson.Read(line), strict: true);

    [Fact]
    public void Every_event_has_its_line_here()
    {
        var all = typeof(ResultEvent).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(ResultEvent)));
        Assert.Equal(all.OrderBy(type => type.Name), Lines.Select(row => row.Data.Item1.GetType()).Distinct().OrderBy(type => type.Name));
    }

    [Fact]
    public void Writes_times_in_UTC_with_microseconds()
    {
        var time = new DateTimeOffset(2026, 1, 2, 5, 4, 5, 678, 901, TimeSpan.FromHours(2)).AddTicks(9);
        Assert.Contains("""
            "ts":"2026-01-02T03:04:05.678901Z"
            """, EventJson.Write(new ReadyEvent(0, 1, "") { Timestamp = time }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cluster Test!", 1301531152.25, "Received: Cluster Test!/1301531152")]
    [InlineData("", 0, "Received: /0")]
    [InlineData("x", -0.5, "Received: x/-1")]
    [InlineData("x", 1e12, "Received: x/1000000000000")]
    public void A_received_message_has_its_agreed_line(string content, double time, string line) =>
        Assert.Equal(line, new ReceivedEvent(null, null, null, content, time, false, 0) { Timestamp = At }.ToText());

    [Fact]
    public void Only_what_is_a_result_has_a_line_for_people() => Assert.Equal(
        ["Ready for testing!", "Received: Cluster Test!/1301531152", "Sent cluster test message."],
        Lines
            .Select(row => row.Data.Item1.ToText())
            .Where(text => text is not null && !text.Contains('ü', StringComparison.Ordinal) && !text.Contains("x/", StringComparison.Ordinal))
            .Distinct());

    [Fact]
    public void Writes_durations_as_milliseconds_with_three_decimals() => Assert.Contains(
        "\"latency_ms\":1.235,", EventJson.Write(new SentEvent("", "", 1, TimeSpan.FromTicks(12_346), 1) { Timestamp = At }), StringComparison.Ordinal);

    [Theory]
    [InlineData("1e300", long.MaxValue)]
    [InlineData("-1e300", long.MinValue)]
    public void A_duration_that_no_clock_can_have_counted_is_cut_off(string written, long ticks)
    {
        var line = EventJson.Write(new SentEvent("", "", 1, Ms(1.5), 1) { Timestamp = At }).Replace("1.5", written, StringComparison.Ordinal);

        Assert.Equal(ticks, Assert.IsType<SentEvent>(EventJson.Read(line)).Latency.Ticks);
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
