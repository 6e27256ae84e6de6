namespace ClusterTest.Cli;

/// <summary>A file for TLS, and the option or URI parameter that names the file.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Name">The name of the option or parameter.</param>
/// <param name="NameOfKey">The name of the option or parameter for the certificate's key.</param>
internal sealed record NamedFile(string Path, string Name, string NameOfKey = "");
