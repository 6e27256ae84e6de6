using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>What a drill ran on, what was asked for, and what the numbers mean.</summary>
internal static class BackgroundSections
{
    public static Html Environment(DrillReport report)
    {
        var environment = report.Environment;
        var isOfTopologies = SideBySide.IsOfTopologies(report.Variants);
        return Parts.Section("environment", 2, "Environment", Parts.Terms(
        [
            ("Tool", environment.Tool),
            .. isOfTopologies ? PlacesOf(report.Variants) : BrokersOf(environment),
            ("Load balancer", environment.Balancer ?? "not known"),
            .. isOfTopologies ? [] : new[] { ("Address", environment.Address) },
            .. environment.Engine is { } engine
                ? [("Engine", environment.Secure is true ? $"{engine}, by certificate and password" : engine)]
                : Array.Empty<(string, string)>(),
            .. report.Clients is { } clients ? [("Clients", string.Join(", ", clients))] : Array.Empty<(string, string)>(),
            (".NET", environment.Runtime),
            ("System", environment.System),
        ],
        "facts"));
    }

    public static Html Settings(DrillReport report)
    {
        var settings = report.Settings;
        var isOfTopologies = SideBySide.IsOfTopologies(report.Variants);
        return Parts.Section("settings", 2, "Settings", Parts.Terms(
        [
            .. settings.PlanName is { } plan ? [("Plan", plan)] : Array.Empty<(string, string)>(),
            ("Faults", Listed(settings.Faults, "none")),
            ("Nodes", isOfTopologies ? "each time the one that the consumer is connected to" : Listed(settings.Nodes, "none named")),
            ("Rounds", Words.Count(settings.Rounds)),
            ("Rate", $"{Words.Number(settings.Rate)} messages/s"),
            ("Sessions", Words.Count(settings.Sessions)),
            .. isOfTopologies ? [] : new[] { ("Queue type", settings.QueueType), ("Seed", $"{settings.Seed}") },
            .. settings.AckMode is { } mode ? [("Shovels acknowledge", mode)] : Array.Empty<(string, string)>(),
            ("Longest outage allowed", settings.MaxOutage is { } outage ? Duration.Format(outage) : "any"),
            .. Length("Time", settings.Time),
            .. Length("Hold", settings.Hold),
            .. Length("Fault timeout", settings.FaultTimeout),
            .. settings.AllowMajorityLoss ? [("Loss of the majority", "allowed")] : Array.Empty<(string, string)>(),
            .. settings.Compare is { } compared ? [("Compared", compared)] : Array.Empty<(string, string)>(),
            .. settings.CommandLine.Length > 0 ? [("Command line", settings.CommandLine)] : Array.Empty<(string, string)>(),
        ],
        "facts"));
    }

    public static Html Definitions(DrillReport report) => Parts.Section("definitions", 2, "What the numbers mean", Parts.Terms(
        [
            .. Measures.Main.Concat(Measures.Further).Select(static measure => (measure.Title, measure.Definition)),
            .. Measures.OfRecovery.Select(static measure => (measure.Title, measure.Definition)),
            .. DefinitionsOfFailover(report.Variants),
            ("Not noticed", "no session was lost while the fault lasted, and nothing checked its effect"),
        ],
        "definitions"));

    private static (string, string)[] DefinitionsOfFailover(IReadOnlyList<DrillVariant> variants) =>
        !variants.Any(static variant => variant.Judgement.Verdict.Faults.Any(static fault => fault.Failover is not null)) ? []
        : [.. Measures.OfFailover.Append(Measures.TotalOfFailover).Select(static measure => (measure.Title, measure.Definition))];

    private static (string, string)[] BrokersOf(DrillEnvironment environment) =>
    [
        .. environment.Topology is { } topology ? [("Topology", topology)] : Array.Empty<(string, string)>(),
        ("Brokers", Listed(environment.Brokers, "not known")),
    ];

    private static IEnumerable<(string, string)> PlacesOf(IReadOnlyList<DrillVariant> variants) =>
        from variant in variants
        let environment = variant.Environment
        where environment is { Brokers: not [] }
        select (variant.Name, $"{string.Join(", ", environment.Brokers)}; clients connect to {environment.Address}");

    private static (string, string)[] Length(string name, TimeSpan? time) => time is { } known ? [(name, Duration.Format(known))] : [];

    private static string Listed(IReadOnlyList<string> names, string ifNone) => names.Count == 0 ? ifNone : string.Join(", ", names);
}
