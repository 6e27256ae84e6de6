using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>
/// The message that the programs exchange: <c>{"content":"Cluster Test!","time":1301531152.25}</c>. Our producer adds to each message of a stream the id of
/// the run, the message's number in the run, and a digest of everything, so that each body is different and can be checked.
/// </summary>
/// <param name="Content">Any text.</param>
/// <param name="Time">When the message was made, in seconds since the Unix epoch.</param>
public sealed record TestMessage(
    [property: JsonPropertyName("content")] string Content,
    [property: JsonPropertyName("time")] double Time)
{
    /// <summary>The default content.</summary>
    public const string DefaultContent = "Cluster Test!";

    /// <summary>The content type.</summary>
    public const string ContentType = "application/json";

    /// <summary>The header with the id of the message's run, a string.</summary>
    public const string RunHeader = "cluster-test-run";

    /// <summary>The header with the message's number in its run, from 1, a long.</summary>
    public const string SequenceHeader = "cluster-test-sequence";

    /// <summary>The header with the time when the message was due, in microseconds of its producer's monotonic clock, a long.</summary>
    public const string DueHeader = "cluster-test-due";

    // This time is later than any date, and a double still holds it exactly in whole seconds.
    private const double LongestTime = 1e12;
    private const int LongestError = 200;
    private const int DigestBytes = 8;
    private const int TypicalBytes = 256;
    private const string DigestProperty = "cluster-test-digest";

    /// <summary>Gets the id of the message's run, as in the header.</summary>
    [JsonPropertyName(RunHeader)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Run { get; init; }

    /// <summary>Gets the message's number in the run, as in the header.</summary>
    [JsonPropertyName(SequenceHeader)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Sequence { get; init; }

    /// <summary>
    /// Gets the digest: the first 8 bytes, in hexadecimal, of the SHA-256 of run, number, time in whole milliseconds and content in UTF-8, separated by line
    /// feeds.
    /// </summary>
    [JsonPropertyName(DigestProperty)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Digest { get; init; }

    /// <summary>Gives the same message with a run, a number and the digest.</summary>
    public TestMessage Sealed(string run, long sequence)
    {
        var told = this with { Run = run, Sequence = sequence };
        return told with { Digest = told.ComputeDigest() };
    }

    /// <summary>Finds out whether the message differs from the message that was sent.</summary>
    /// <param name="origin">The origin from the message's headers.</param>
    /// <returns>The difference; null if there is none, or if the message has no digest.</returns>
    public string? FindDamage(MessageOrigin origin) =>
        Digest is null ? null
        : Digest != ComputeDigest() ? "the digest does not fit the body"
        : (origin.Run is { } run && run != Run) || (origin.Sequence is { } sequence && sequence != Sequence)
            ? string.Create(CultureInfo.InvariantCulture, $"the body is that of message {Sequence} of run {Run}")
            : null;

    /// <summary>Writes the body.</summary>
    /// <param name="size">The smallest size in bytes. Spaces at the end fill a shorter body up; a longer body stays as it is.</param>
    /// <returns>The body in UTF-8.</returns>
    public byte[] ToBody(int size = 0)
    {
        // By hand, as the serializer would: it looks at its types by reflection before it writes the first of them, and most runs write only one message.
        var written = new ArrayBufferWriter<byte>(TypicalBytes);
        using (var json = new Utf8JsonWriter(written))
        {
            json.WriteStartObject();
            json.WriteString("content"u8, Content);
            json.WriteNumber("time"u8, Time);
            if (Run is not null)
            {
                json.WriteString(RunHeader, Run);
            }

            if (Sequence is { } sequence)
            {
                json.WriteNumber(SequenceHeader, sequence);
            }

            if (Digest is not null)
            {
                json.WriteString(DigestProperty, Digest);
            }

            json.WriteEndObject();
        }

        var body = new byte[Math.Max(size, written.WrittenCount)];
        written.WrittenSpan.CopyTo(body);
        body.AsSpan(written.WrittenCount).Fill((byte)' ');
        return body;
    }

    /// <summary>Reads a body.</summary>
    /// <param name="body">Any body.</param>
    /// <param name="message">The test message.</param>
    /// <param name="error">Why the body is no test message, in one line.</param>
    /// <returns>Whether the body is a test message.</returns>
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
            // The exception quotes property names of the body, which can have any length.
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
