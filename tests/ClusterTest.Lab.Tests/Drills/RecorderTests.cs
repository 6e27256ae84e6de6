using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Verdicts;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class RecorderTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"recorder-{Guid.NewGuid():N}.jsonl.gz");
    private readonly FakeTimeProvider _time = new();
    private readonly Recorder _recorder;

    public RecorderTests() => _recorder = new Recorder(_file, static _ => { }, _time);

    [Fact]
    public void What_the_lab_tells_is_in_the_file_at_once()
    {
        _recorder.Write("lab", new ProblemEvent(ProblemKind.NoFlow, "Nothing flows.") { Timestamp = DateTimeOffset.UnixEpoch });

        Assert.Contains("Nothing flows.", EvidenceText.Of(_file), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_program_tells_is_there_after_a_second()
    {
        _recorder.Write("consumer", new ProblemEvent(ProblemKind.NoFlow, "Nothing flows.") { Timestamp = DateTimeOffset.UnixEpoch });

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("Nothing flows.", EvidenceText.Of(_file), StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_takes_the_place_of_no_other()
    {
        _ = Assert.Throws<IOException>(() => new Recorder(_file, static _ => { }, _time));
        Assert.True(File.Exists(_file));
    }

    [Fact]
    public void The_file_is_compressed()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _recorder.Write("consumer", new ProblemEvent(ProblemKind.NoFlow, "Nothing flows.") { Timestamp = DateTimeOffset.UnixEpoch });
        }

        _recorder.Dispose();

        Assert.InRange(new FileInfo(_file).Length, 100, EvidenceText.Of(_file).Length / 20);
    }

    [Fact]
    public void What_is_there_before_the_end_can_be_judged()
    {
        _recorder.Write("lab", new ProblemEvent(ProblemKind.NoFlow, "Nothing flows.") { Timestamp = DateTimeOffset.UnixEpoch });

        Assert.Equal("Nothing flows.", Assert.Single(Judge.OfFiles([_file]).Verdict.Problems).Detail);
    }

    public void Dispose()
    {
        _recorder.Dispose();
        File.Delete(_file);
    }
}
