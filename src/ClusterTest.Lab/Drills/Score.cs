namespace ClusterTest.Lab.Drills;

/// <summary>The counts of a run at one moment.</summary>
/// <param name="Confirmed">How many messages were confirmed.</param>
/// <param name="Received">How many different messages were received.</param>
/// <param name="Outstanding">How many messages were confirmed and not received yet.</param>
/// <param name="Ready">How often a session of the consumer became ready.</param>
/// <param name="ConsumerLost">How many sessions of the consumer are recovering.</param>
/// <param name="ProducerLost">How many sessions of the producer are recovering.</param>
/// <param name="Silence">How long the consumer has received nothing.</param>
/// <param name="LongestSilence">The longest silence since <see cref="Scoreboard.ForgetSilences"/>.</param>
/// <param name="Flow">The messages that flowed since <see cref="Scoreboard.CountFlow"/>.</param>
internal sealed record Score(
    long Confirmed, long Received, long Outstanding, int Ready, int ConsumerLost, int ProducerLost, TimeSpan Silence, TimeSpan LongestSilence, Flow Flow)
{
    /// <summary>Whether messages flow: no session is recovering, and at least this many messages were confirmed and received since the count began.</summary>
    internal bool Flows(int messages) => ConsumerLost + ProducerLost is 0 && Flow.Confirmed >= messages && Flow.Received >= messages;
}
