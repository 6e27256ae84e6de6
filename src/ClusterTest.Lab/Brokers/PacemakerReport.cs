using System.Net;
using System.Xml;
using System.Xml.Linq;

namespace ClusterTest.Lab.Brokers;

/// <summary>What Pacemaker knows of its hosts and resources, as one host sees it.</summary>
/// <param name="Version">The version of Pacemaker; empty while no host coordinates the others.</param>
/// <param name="HasQuorum">Whether the host that was asked may start anything.</param>
/// <param name="IsFencing">Whether a host that is out of sight is ended before its resources are started elsewhere.</param>
/// <param name="Hosts">The hosts.</param>
/// <param name="Resources">The resources.</param>
/// <param name="Failures">The actions on resources that failed and were not cleaned up since.</param>
/// <param name="Fencings">
/// How the last fencing of each host that has ended did so, by the host's name: null if it succeeded, else what went wrong. Pacemaker tries a fencing that
/// failed again and again; the one that it tries now says nothing yet.
/// </param>
internal sealed record PacemakerReport(
    string Version,
    bool HasQuorum,
    bool IsFencing,
    IReadOnlyList<PacemakerHost> Hosts,
    IReadOnlyList<PacemakerResource> Resources,
    IReadOnlyList<PacemakerFailure> Failures,
    IReadOnlyDictionary<string, string?> Fencings)
{
    /// <summary>The resources' names, as in <c>topologies/shared-storage/resources.crm</c>.</summary>
    internal const string Broker = "broker";

    /// <summary>The group of the virtual address and the broker.</summary>
    internal const string Service = "service";

    internal const string Address = "address";

    private const string FencingClass = "stonith:";

    /// <summary>The program that reports, and its arguments. On a host where Pacemaker is just starting or ending, the report may wait for an answer.</summary>
    internal const string Program = "timeout";

    internal static readonly string[] Command = ["10", "crm_mon", "--one-shot", "--inactive", "--output-as=xml"];

    /// <summary>The host that a resource runs on, or is being started on; null if it runs nowhere.</summary>
    internal string? HostOf(string resource) => Resources.FirstOrDefault(found => found.Name == resource)?.Host;

    /// <summary>Whether all of these hosts are members, and every resource has started.</summary>
    internal bool IsWhole(IEnumerable<string> hosts) =>
        HasQuorum && IsFencing && Hosts.Count(static host => host is { IsOnline: true, IsOnHold: false }) == hosts.Count()
        && Resources.All(static resource => resource is { IsStarted: true, OtherHost: null });

    /// <summary>Whether the broker has started, with its address.</summary>
    internal bool Serves => Resources.Where(static resource => resource.Name is Broker or Address).All(static resource => resource.IsStarted);

    /// <summary>Whether the broker runs nowhere, and every host that is a member has tried to start it.</summary>
    internal bool HasGivenUp =>
        HostOf(Broker) is null
        && Hosts.Any(static host => host.IsOnline)
        && Hosts.Where(static host => host.IsOnline).All(HasFailedOn);

    private bool HasFailedOn(PacemakerHost host) =>
        Failures.Any(failure => failure is { Task: "start", Resource: Broker } && failure.Host == host.Name);

    /// <summary>The report to go by when hosts do not see the same: that of a host that may start something, and sees the broker run.</summary>
    /// <returns>Null if there is none.</returns>
    internal static PacemakerReport? Choose(IEnumerable<PacemakerReport> reports) =>
        reports.OrderByDescending(static report => report.HasQuorum).ThenByDescending(static report => report.Serves).FirstOrDefault();

    /// <summary>Reads the output of the command.</summary>
    /// <returns>Null if the output is none, as while Pacemaker starts.</returns>
    internal static PacemakerReport? Parse(string output)
    {
        try
        {
            var root = XDocument.Parse(output).Root!;
            if (root.Element("summary") is not { } summary)
            {
                return null;
            }

            var coordinator = summary.Element("current_dc");
            var options = summary.Element("cluster_options");
            return new PacemakerReport(
                Text(coordinator, "version").Split('-')[0],
                Is(coordinator, "with_quorum"),
                Is(options, "stonith-enabled"),
                [.. root.Elements("nodes").Elements("node").Select(ToHost)],
                [.. root.Descendants("resource").Select(ToResource)],
                [.. root.Elements("failures").Elements("failure").Select(ToFailure)],
                LastFencings(root));
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static PacemakerHost ToHost(XElement node) => new(Text(node, "name"), Is(node, "online"), Is(node, "unclean"), Is(node, "standby"));

    private static PacemakerResource ToResource(XElement resource) => new(
        Text(resource, "id"),
        Text(resource, "resource_agent").StartsWith(FencingClass, StringComparison.Ordinal),
        Text(resource, "role") is "Started" && !Is(resource, "failed") && resource.Attribute("pending") is null,
        resource.Element("node") is { } node ? Text(node, "name") : null)
    {
        OtherHost = resource.Elements("node").Skip(1).Select(static node => Text(node, "name")).FirstOrDefault(),
    };

    private static PacemakerFailure ToFailure(XElement failure)
    {
        var (task, host) = (Text(failure, "task"), Text(failure, "node"));
        var resource = Text(failure, "op_key") is { Length: > 0 } key ? key[..Math.Max(0, key.IndexOf($"_{task}_", StringComparison.Ordinal))] : "";
        var reason = Text(failure, "exitreason") is { Length: > 0 } exit ? exit : Text(failure, "exitstatus");
        return new PacemakerFailure(task, resource, host, WebUtility.HtmlDecode(reason).Trim().TrimEnd('.')); // Pacemaker escapes the reason twice
    }

    private static Dictionary<string, string?> LastFencings(XElement root) =>
        root.Elements("fence_history").Elements("fence_event")
            .Where(static fencing => Text(fencing, "status") is not "pending")
            .GroupBy(static fencing => Text(fencing, "target"))
            .ToDictionary(static host => host.Key, static host => host.First() is var last && Text(last, "status") is "failed"
                ? Text(last, "exit-reason") is { Length: > 0 } reason ? reason : "no reason is given"
                : null);

    private static bool Is(XElement? element, string attribute) => Text(element, attribute) is "true";

    private static string Text(XElement? element, string attribute) => element?.Attribute(attribute)?.Value ?? "";
}

/// <summary>A host, as another one sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsOnline">Whether it is a member.</param>
/// <param name="IsUnclean">Whether it may still run something, so that nothing of it is started elsewhere before it was fenced.</param>
/// <param name="IsOnHold">Whether somebody has put it into what Pacemaker calls standby: it is a member, and nothing is started on it.</param>
internal sealed record PacemakerHost(string Name, bool IsOnline, bool IsUnclean, bool IsOnHold = false);

/// <summary>Something that Pacemaker runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsFencing">Whether it is the outlet of a power switch.</param>
/// <param name="IsStarted">Whether it has started, and has not failed since.</param>
/// <param name="Host">The host that it is on; null if it is on none.</param>
internal sealed record PacemakerResource(string Name, bool IsFencing, bool IsStarted, string? Host)
{
    /// <summary>A second host that it is on, which must never be; null if there is none.</summary>
    internal string? OtherHost { get; init; }
}

/// <summary>An action that failed.</summary>
/// <param name="Task">The action, such as <c>start</c>.</param>
/// <param name="Resource">What it was done to.</param>
/// <param name="Host">Where.</param>
/// <param name="Reason">What its agent said, without a full stop.</param>
internal sealed record PacemakerFailure(string Task, string Resource, string Host, string Reason);
