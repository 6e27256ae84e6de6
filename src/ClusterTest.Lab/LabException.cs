namespace ClusterTest.Lab;

/// <summary>The lab cannot do what the user asked for. The message says what happened, where, and what to do next.</summary>
public sealed class LabException(string message, Exception? innerException = null) : Exception(message, innerException);
