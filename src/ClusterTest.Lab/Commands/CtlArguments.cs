namespace ClusterTest.Lab.Commands;

/// <summary>Keeps the arguments of <c>ctl NODE ARGS…</c> from being read as options of the lab.</summary>
internal static class CtlArguments
{
    /// <summary>Inserts <c>--</c> after the node: no argument after <c>--</c> is read as an option.</summary>
    internal static string[] Protect(string[] arguments)
    {
        var command = Array.IndexOf(arguments, "ctl");
        var first = command + 2;
        return command >= 0 && first < arguments.Length && !arguments[command + 1].StartsWith('-') && arguments[first] is not "--"
            ? [.. arguments[..first], "--", .. arguments[first..]]
            : arguments;
    }
}
