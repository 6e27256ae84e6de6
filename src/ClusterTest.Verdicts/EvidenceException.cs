namespace ClusterTest.Verdicts;

/// <summary>The evidence cannot be judged, or its report cannot be written. The message tells the user what happened, where, and what to do.</summary>
public sealed class EvidenceException(string message, Exception? innerException = null) : Exception(message, innerException);
