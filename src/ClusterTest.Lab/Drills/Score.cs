namespace ClusterTest.Lab.Drills;

/// <summary>How a run stands.</summary>
/// <param name="Confirmed">Messages confirmed.</param>
/// <param name="Received">Different messages received.</param>
/// <param name="Outstanding">Confirmed and not received yet.</param>
/// <param name="Ready">How often a session of the consumer became ready.</param>
/// <param name="ConsumerLost">Sessions of the consumer that are recovering.</param>
/// <param name="ProducerLost">Sessions of the producer that are recovering.</param>
/// <param name="Silence">How long the consumer has been silent.</param>
/// <param name="LongestSilence">The longest silence since they are counted.</param>
/// <param name="Flow">What flowed since that is counted.</param>
internal sealed record Score(
    long Confirmed, long Received, long Outstanding, int Ready, int ConsumerLost, int ProducerLost, TimeSpan Silence, TimeSpan LongestSilence, Flow Flow)
{
    /// <summary>Whether messages flow: no session is lost, and so many were confirmed and received since that is counted.</summary>
    internal bool Flows(int messages) => ConsumerLost + ProducerLost is 0 && Flow.Confirmed >= messages && Flow.Received >= messages;
}
