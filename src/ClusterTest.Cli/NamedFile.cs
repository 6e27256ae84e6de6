namespace ClusterTest.Cli;

/// <summary>A file for TLS, and what it was named by: an option, or a parameter of a URI.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">The option or parameter.</param>
/// <param name="NameOfKey">That for a certificate's key.</param>
internal sealed record NamedFile(string Path, string Name, string NameOfKey = "");
