using System.IO.Compression;
using System.Text;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>The lines of a drill's evidence.</summary>
internal static class EvidenceText
{
    /// <summary>Reads what is in the file so far. The end may be missing: the drill goes on, or its lab was killed.</summary>
    internal static string Of(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var text = new MemoryStream();
        try
        {
            unzipped.CopyTo(text);
        }
        catch (InvalidDataException)
        {
            // All that was written came before.
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
