namespace ClusterTest.Lab;

/// <summary>A failure whose message tells the user what happened, where, and what to do.</summary>
public sealed class LabException(string message, Exception? innerException = null) : Exception(message, innerException);
