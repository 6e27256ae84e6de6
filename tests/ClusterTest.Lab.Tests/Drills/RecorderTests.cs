using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class RecorderTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"recorder-{Guid.NewGuid():N}.jsonl");
    private readonly FakeTimeProvider _time = new();
    private readonly Recorder _recorder;

    public RecorderTests() => _recorder = new Recorder(_file, static _ => { }, _time);

    [Fact]
    public void What_the_lab_tells_is_in_the_file_at_once()
    {
        _recorder.Write("lab", new ProblemEvent(ProblemKind.NoFlow, "Nothing flows.") { Timestamp = DateTimeOffset.UnixEpoch });

        Assert.Contains("Nothing flows.", File.ReadAllText(_file), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_program_tells_is_there_after_a_second()
    {
        _recorder.Write("consumer", new ProblemEvent(ProblemKind.NoFlow, "Nothing flows.") { Timestamp = DateTimeOffset.UnixEpoch });

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("Nothing flows.", File.ReadAllText(_file), StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_takes_the_place_of_no_other()
    {
        _ = Assert.Throws<IOException>(() => new Recorder(_file, static _ => { }, _time));
        Assert.True(File.Exists(_file));
    }

    public void Dispose()
    {
        _recorder.Dispose();
        File.Delete(_file);
    }
}
