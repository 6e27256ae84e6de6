using System.Globalization;

namespace ClusterTest.Lab.Machine;

/// <summary>
/// How a link is controlled and seen: the lab writes the wanted condition into one file, the link's process writes what is in force into the other. Both
/// are written completely or not at all.
/// </summary>
/// <param name="control">The file that the lab writes, with one line, as in <see cref="LinkSetting.ToString"/>. A link without the file is whole.</param>
/// <param name="state">The file that the link writes. It does not exist before the link listens, nor after the link has ended in order.</param>
internal sealed class LinkFiles(string control, string state)
{
    /// <summary>How often one side looks at what the other has written.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Tells the link which condition is wanted.</summary>
    internal void Want(LinkSetting setting) => Replace(control, $"{setting}\n");

    /// <summary>Tells the link which condition is wanted, and waits until it is in force, however long that takes.</summary>
    internal async Task WantAsync(LinkSetting setting, TimeProvider time, CancellationToken cancellationToken)
    {
        Want(setting);
        while (ReadState()?.Setting != setting)
        {
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>The wanted condition.</summary>
    /// <exception cref="LabException">The file says something else.</exception>
    internal LinkSetting ReadWanted() =>
        Read(control) is not { } text ? LinkSetting.Whole
        : LinkSetting.TryParse(text, out var setting) ? setting
        : throw new LabException($"{control} should be one of whole, cut, half-open, slow, and a latency and bytes per second after slow.");

    /// <summary>What the link wrote last; null if it wrote nothing. A link that was killed leaves its last state behind.</summary>
    internal LinkState? ReadState() => Read(state) is { } text ? ParseState(text) : null;

    internal void Write(LinkState current) => Replace(state, Format(current));

    internal void DeleteState() => File.Delete(state);

    internal static string Format(LinkState current) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        condition {current.Setting}
        process {current.ProcessId}
        connections {current.Connections}
        forth {current.Forth}
        back {current.Back}

        """);

    /// <summary>Reads what <see cref="Format"/> writes; null if it is something else. Lines of a later version are skipped.</summary>
    internal static LinkState? ParseState(string text)
    {
        var values = text.Split('\n')
            .Select(static line => line.Split(' ', 2))
            .Where(static line => line.Length is 2)
            .DistinctBy(static line => line[0])
            .ToDictionary(static line => line[0], static line => line[1]);
        return LinkSetting.TryParse(values.GetValueOrDefault("condition", ""), out var setting)
            && Number("process") is { } process
            && Number("connections") is { } connections
            && Number("forth") is { } forth
            && Number("back") is { } back
            ? new LinkState(setting, (int)process, (int)connections, forth, back)
            : null;

        long? Number(string name) =>
            long.TryParse(values.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static void Replace(string file, string text)
    {
        var next = $"{file}.new";
        File.WriteAllText(next, text);
        File.Move(next, file, overwrite: true);
    }
}

/// <summary>What a link says of itself.</summary>
/// <param name="Setting">The condition that is in force.</param>
/// <param name="ProcessId">The process that is the link.</param>
/// <param name="Connections">How many connections are open, those included for which the destination is not reached yet.</param>
/// <param name="Forth">The bytes carried to the destination.</param>
/// <param name="Back">The bytes carried from the destination.</param>
internal sealed record LinkState(LinkSetting Setting, int ProcessId, int Connections, long Forth, long Back);
