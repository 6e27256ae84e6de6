namespace ClusterTest.Cli;

/// <summary>The exit codes of all programs.</summary>
public static class ExitCode
{
    /// <summary>Done, or stopped cleanly.</summary>
    public const int Success = 0;

    /// <summary>The command line was wrong; System.CommandLine's own code for it.</summary>
    public const int Usage = 1;

    /// <summary>A fault that no retry mends, a time limit that passed, or messages that were not confirmed.</summary>
    public const int Fatal = 2;

    /// <summary>A verdict failed: messages were lost.</summary>
    public const int VerdictFailed = 3;

    /// <summary>The user ended it early, as shells count SIGINT: 128 + 2.</summary>
    public const int Interrupted = 130;
}
