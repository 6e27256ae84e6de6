namespace ClusterTest.Cli;

/// <summary>The exit codes of all programs.</summary>
public static class ExitCode
{
    /// <summary>The program is done, or was stopped cleanly.</summary>
    public const int Success = 0;

    /// <summary>The command line was wrong. System.CommandLine uses the same code.</summary>
    public const int Usage = 1;

    /// <summary>A fatal failure happened, a time limit passed, or messages were not confirmed.</summary>
    public const int Fatal = 2;

    /// <summary>The outcome of a verdict is failed, because messages were lost for example.</summary>
    public const int VerdictFailed = 3;

    /// <summary>The user ended the program early. Shells use the same code for SIGINT: 128 + 2.</summary>
    public const int Interrupted = 130;
}
