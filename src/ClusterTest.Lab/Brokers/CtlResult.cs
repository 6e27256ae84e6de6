namespace ClusterTest.Lab.Brokers;

/// <summary>The exit code and the output of <c>rabbitmqctl</c>, or of another tool.</summary>
public sealed record CtlResult(int ExitCode, string Output, string Error);
