using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>
/// The message that the programs exchange: <c>{"content":"Cluster Test!","time":1301531152.25}</c>. To each message of a stream our producer
/// adds its run, the message's number in it, and a digest of it all, so that a body can be told from any other.
/// </summary>
/// <param name="Content">Any text.</param>
/// <param name="Time">When it was made, in seconds since the Unix epoch.</param>
public sealed record TestMessage(
    [property: JsonPropertyName("content")] string Content,
    [property: JsonPropertyName("time")] double Time)
{
    /// <summary>The content unless another is asked for.</summary>
    public const string DefaultContent = "Cluster Test!";

    /// <summary>The content type.</summary>
    public const string ContentType = "application/json";

    /// <summary>The header that holds the id of the run that the message belongs to, a string.</summary>
    public const string RunHeader = "cluster-test-run";

    /// <summary>The header that holds the message's number in its run, from 1, a long.</summary>
    public const string SequenceHeader = "cluster-test-sequence";

    /// <summary>The header that holds when the message was due, in microseconds of its producer's monotonic clock, a long.</summary>
    public const string DueHeader = "cluster-test-due";

    // Later than any date, and still exact as a whole number of seconds.
    private const double LongestTime = 1e12;
    private const int LongestError = 200;
    private const int DigestBytes = 8;

    /// <summary>Gets the run that it belongs to, as in the header.</summary>
    [JsonPropertyName(RunHeader)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Run { get; init; }

    /// <summary>Gets its number in the run, as in the header.</summary>
    [JsonPropertyName(SequenceHeader)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Sequence { get; init; }

    /// <summary>
    /// Gets the first 8 bytes, in hexadecimal, of the SHA-256 of run, number, time in whole milliseconds and content in UTF-8, with a line
    /// feed between each two.
    /// </summary>
    [JsonPropertyName("cluster-test-digest")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Digest { get; init; }

    /// <summary>Gives the same message as one of a run, with its digest.</summary>
    public TestMessage Sealed(string run, long sequence)
    {
        var told = this with { Run = run, Sequence = sequence };
        return told with { Digest = told.ComputeDigest() };
    }

    /// <summary>Finds out whether it is what was sent.</summary>
    /// <param name="origin">What its headers say.</param>
    /// <returns>What is wrong with it; null if nothing is, or if it carries no digest.</returns>
    public string? FindDamage(MessageOrigin origin) =>
        Digest is null ? null
        : Digest != ComputeDigest() ? "the digest does not fit the body"
        : (origin.Run is { } run && run != Run) || (origin.Sequence is { } sequence && sequence != Sequence)
            ? string.Create(CultureInfo.InvariantCulture, $"the body is that of message {Sequence} of run {Run}")
            : null;

    /// <summary>Writes the body.</summary>
    /// <param name="size">The wished-for size in bytes, reached with spaces at the end; a body that is longer by itself stays as it is.</param>
    /// <returns>UTF-8.</returns>
    public byte[] ToBody(int size = 0)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(this, TestMessageJson.Default.TestMessage);
        var length = body.Length;
        if (size > length)
        {
            Array.Resize(ref body, size);
            body.AsSpan(length).Fill((byte)' ');
        }

        return body;
    }

    /// <summary>Reads a body.</summary>
    /// <param name="body">Anything.</param>
    /// <param name="message">The message.</param>
    /// <param name="error">Why it is none, in one line.</param>
    /// <returns>Whether it is a test message.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out TestMessage message, out string error)
    {
        message = new TestMessage("", 0);
        error = "";
        try
        {
            if (body.IsEmpty)
            {
                error = "the body is empty";
            }
            else if (JsonSerializer.Deserialize(body, TestMessageJson.Default.TestMessage) is not { Content: not null } read)
            {
                error = "the body has no content";
            }
            else if (!(Math.Abs(read.Time) <= LongestTime))
            {
                error = "the time is out of range";
            }
            else
            {
                message = read;
            }
        }
        catch (JsonException exception)
        {
            // The exception quotes the body's own property names, however long.
            var said = exception.Message.Length <= LongestError ? exception.Message : $"{exception.Message.AsSpan(0, LongestError)}…";
            error = Printable.Line($"the body is not a test message in JSON: {said}");
        }

        return error.Length == 0;
    }

    private string ComputeDigest()
    {
        var text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Run}\n{Sequence}\n{Math.Round(Time * 1000):F0}\n{Content}"));
        return Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, DigestBytes));
    }
}
