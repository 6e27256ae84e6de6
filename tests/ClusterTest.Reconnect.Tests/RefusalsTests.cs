using ClusterTest.Reconnect.Internal.Failures;
using Xunit;
using static ClusterTest.Reconnect.FailureKind;

namespace ClusterTest.Reconnect.Tests;

public sealed class RefusalsTests
{
    private static readonly TimeSpan Allowed = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(LimitReached, true, true, true)]
    [InlineData(AuthenticationFailed, false, true, true)]
    [InlineData(VirtualHostRefused, false, true, true)]
    [InlineData(AccessRefused, false, true, false)] // while it serves: a publish, which was never accepted perhaps
    [InlineData(CertificateExpired, false, true, true)]
    [InlineData(ClientCertificateRefused, false, true, true)]
    [InlineData(InequivalentArguments, false, false, false)]
    [InlineData(MessageRefused, false, false, false)]
    [InlineData(MessageTooLarge, false, false, false)]
    public void May_pass_when_it_was_accepted_before_or_is_a_limit(FailureKind kind, bool firstTime, bool later, bool whileServing)
    {
        var failure = NewFailure.Fatal(kind, null, "m", "a.");
        foreach (var phase in new[] { Phase.Connect, Phase.Declare })
        {
            Assert.Equal(firstTime, Refusals.MayPass(failure, phase, wasOpen: false, TimeSpan.Zero, Allowed));
            Assert.Equal(later, Refusals.MayPass(failure, phase, wasOpen: true, TimeSpan.Zero, Allowed));
        }

        Assert.Equal(whileServing, Refusals.MayPass(failure, Phase.Serve, wasOpen: true, TimeSpan.Zero, Allowed));
    }

    [Fact]
    public void May_pass_for_as_long_as_is_allowed()
    {
        var failure = NewFailure.Fatal(AuthenticationFailed, 403, "m", "a.");
        Assert.True(MayPass(TimeSpan.FromMinutes(4.9), Allowed));
        Assert.False(MayPass(Allowed, Allowed));
        Assert.False(MayPass(TimeSpan.Zero, TimeSpan.Zero));
        Assert.True(MayPass(TimeSpan.FromDays(1000), Timeout.InfiniteTimeSpan));

        bool MayPass(TimeSpan heardFor, TimeSpan allowed) => Refusals.MayPass(failure, Phase.Connect, wasOpen: true, heardFor, allowed);
    }
}
