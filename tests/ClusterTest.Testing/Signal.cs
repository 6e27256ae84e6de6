namespace ClusterTest.Testing;

/// <summary>POSIX signals, by their numbers on Linux.</summary>
public enum Signal
{
    None = 0,
    HangUp = 1,
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
