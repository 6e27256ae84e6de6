namespace ClusterTest.Events;

/// <summary>How a cluster manager moved or restarted a broker after a fault. A time is null where its step did not happen.</summary>
/// <remarks>
/// A broker that is restarted where it was needs no fencing and no other address. A planned move is neither detected nor decided on, and nothing is fenced.
/// </remarks>
/// <param name="Host">Where the broker runs afterwards.</param>
/// <param name="Detection">Time from the injection of the fault until the others knew that the host was gone.</param>
/// <param name="Decision">Time from then until fencing was requested.</param>
/// <param name="Fencing">Time from then until the host was known to be off.</param>
/// <param name="Address">Time from then until the virtual address was on the new host.</param>
/// <param name="Start">Time from when the broker's start was requested until it answered AMQP.</param>
public sealed record FailoverTimes(string Host, TimeSpan? Detection, TimeSpan? Decision, TimeSpan? Fencing, TimeSpan? Address, TimeSpan? Start);
