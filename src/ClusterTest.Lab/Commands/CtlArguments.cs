namespace ClusterTest.Lab.Commands;

/// <summary>Keeps the arguments of <c>ctl NODE ARGS…</c> from being read as the lab's own options.</summary>
internal static class CtlArguments
{
    /// <summary>Puts <c>--</c>, after which nothing is an option, behind the node.</summary>
    internal static string[] Protect(string[] arguments)
    {
        var command = Array.IndexOf(arguments, "ctl");
        var first = command + 2;
        return command >= 0 && first < arguments.Length && !arguments[command + 1].StartsWith('-') && arguments[first] is not "--"
            ? [.. arguments[..first], "--", .. arguments[first..]]
            : arguments;
    }
}
