using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Verdicts.Tests;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class FaultRunnerTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);
    private static readonly PlannedFault Planned = new(4, "break", "rabbit2", At: null, TimeSpan.Zero);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"faults-{Guid.NewGuid():N}.jsonl");
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedTarget _target = new();
    private readonly List<FaultEvent> _steps = [];
    private readonly Recorder _recorder;

    public FaultRunnerTests() => _recorder = new Recorder(_file, written => _steps.Add((FaultEvent)written), _time);

    private FaultRunner Runner => new(_target, new DrillNames(), Timeout, _recorder, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_step_is_recorded_with_what_was_on_the_node()
    {
        _target.Role = "leader,consumer";

        Assert.Null(await Runner.InjectAsync(Planned, Token));
        Assert.Null(await Runner.HealAsync(Planned));

        Assert.Equal([FaultStep.Injecting, FaultStep.Effective, FaultStep.Healing, FaultStep.Healed], _steps.Select(step => step.Step));
        Assert.All(_steps, step => Assert.Equal((4, "break", "rabbit2", "lab"), (step.Id, step.Fault, step.Node, step.Source)));
        Assert.Equal("leader,consumer", _steps[0].Role);
    }

    [Fact]
    public async Task Each_step_is_stamped_by_both_clocks_and_says_whether_the_effect_was_checked()
    {
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await Runner.InjectAsync(Planned, Token));

        var microseconds = (long)_time.GetElapsedTime(0).TotalMicroseconds;
        Assert.All(_steps, step => Assert.Contains($"\"mono_us\":{microseconds},", EventDirectory.Line(step), StringComparison.Ordinal));
        Assert.All(_steps, step => Assert.Contains("\"checked\":true", EventDirectory.Line(step), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_step_of_a_fault_that_is_over_when_it_has_taken_effect_says_so(bool isOver)
    {
        _target.IsOverWhenEffective = isOver;

        Assert.Null(await Runner.InjectAsync(Planned, Token));
        Assert.Null(await Runner.HealAsync(Planned));

        Assert.Equal([isOver, isOver, isOver, isOver], _steps.Select(static step => step.OverWhenEffective));
    }

    [Fact]
    public async Task A_fault_that_does_not_take_effect_says_why()
    {
        _target.Inject = _ => throw new LabException("It still answers.");

        Assert.Equal("break rabbit2: It still answers.", await Runner.InjectAsync(Planned, Token));
        Assert.Equal((FaultStep.Failed, "It still answers."), (_steps[^1].Step, _steps[^1].Detail));
    }

    [Fact]
    public async Task A_fault_that_does_not_take_effect_in_its_time_is_given_up()
    {
        _target.Inject = token => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, _time, token);

        var injecting = Runner.InjectAsync(Planned, Token);
        _time.Advance(Timeout);

        Assert.Equal("break rabbit2: it did not take effect within 90s.", await injecting);
        Assert.Equal(FaultStep.Failed, _steps[^1].Step);
    }

    [Fact]
    public async Task Healing_that_takes_too_long_is_given_up_as_well()
    {
        _target.Heal = token => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, _time, token);

        var healing = Runner.HealAsync(Planned);
        _time.Advance(Timeout);

        Assert.NotNull(await healing);
        Assert.Equal(FaultStep.Failed, _steps[^1].Step);
    }

    [Fact]
    public async Task A_fault_that_has_begun_is_not_given_up_when_the_drill_is_interrupted()
    {
        using var interrupted = new CancellationTokenSource();
        var effective = new TaskCompletionSource();
        _target.Inject = effective.Task.WaitAsync;

        var injecting = Runner.InjectAsync(Planned, interrupted.Token);
        await interrupted.CancelAsync();
        Assert.False(injecting.IsCompleted);
        effective.SetResult();

        Assert.Null(await injecting);
        Assert.Equal(FaultStep.Effective, _steps[^1].Step);
    }

    [Fact]
    public async Task A_fault_that_has_not_begun_does_not_begin_any_more()
    {
        using var interrupted = new CancellationTokenSource();
        _target.FindRole = _ => interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Runner.InjectAsync(Planned, interrupted.Token));

        Assert.Empty(_steps);
    }

    [Fact]
    public async Task What_is_on_the_node_is_not_waited_for_when_nobody_can_tell()
    {
        _target.FindRole = token => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, _time, token);

        var injecting = Runner.InjectAsync(Planned, Token);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(await injecting);
        Assert.Null(_steps[0].Role);
    }

    public void Dispose()
    {
        _recorder.Dispose();
        File.Delete(_file);
    }
}
