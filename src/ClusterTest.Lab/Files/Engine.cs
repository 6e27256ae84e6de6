namespace ClusterTest.Lab.Files;

/// <summary>The engine that a lab runs on.</summary>
public enum Engine
{
    /// <summary>The engine of the lab that is up. For a new lab: containers if this machine can run them, else this machine's packages.</summary>
    Auto,

    /// <summary>This machine's packages, as processes of the calling user.</summary>
    Native,

    /// <summary>Containers, with Docker Compose.</summary>
    Compose,
}
