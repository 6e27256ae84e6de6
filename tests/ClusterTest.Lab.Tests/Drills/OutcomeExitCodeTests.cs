using ClusterTest.Lab.Drills;
using ClusterTest.Verdicts;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class OutcomeExitCodeTests
{
    [Theory]
    [InlineData(Outcome.Passed, 0)]
    [InlineData(Outcome.Failed, 3)]
    [InlineData(Outcome.Invalid, 2)]
    [InlineData(Outcome.Incomplete, 2)]
    public void Every_outcome_has_one_exit_code(Outcome outcome, int exitCode) => Assert.Equal(exitCode, OutcomeExitCode.Of(outcome));
}
