using ClusterTest.Cli;

namespace ClusterTest.Lab.Commands;

/// <summary>What the user wrote is wrong, though only the lab that is up can tell. The exit code is <see cref="ExitCode.Usage"/>.</summary>
internal sealed class UsageException(string message) : Exception(message);
