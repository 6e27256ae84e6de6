namespace ClusterTest.Lab.Brokers;

/// <summary>What <c>rabbitmqctl</c> said.</summary>
public sealed record CtlResult(int ExitCode, string Output, string Error);
