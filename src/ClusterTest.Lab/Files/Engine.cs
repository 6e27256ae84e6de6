namespace ClusterTest.Lab.Files;

/// <summary>What a lab runs on.</summary>
public enum Engine
{
    /// <summary>What the lab that is up runs on; to start one, containers where that is possible, else this machine's packages.</summary>
    Auto,

    /// <summary>This machine's packages, as processes of the calling user.</summary>
    Native,

    /// <summary>Containers, by Docker Compose.</summary>
    Compose,
}
