using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed class TerminationTests
{
    [Theory]
    [InlineData("SigIgn:\t0000000000001001", 1, true)]
    [InlineData("SigIgn:\t0000000000001000", 1, false)]
    [InlineData("SigIgn:\t0000000000004000", 15, true)]
    [InlineData("SigBlk:\t0000000000000001", 1, false)]
    [InlineData("SigIgn:\tx", 1, false)]
    public void A_signal_is_ignored_when_the_kernel_says_so(string line, int signal, bool isIgnored) =>
        Assert.Equal(isIgnored, Termination.IsIgnored(signal, ["Name:\tx", line]));
}
