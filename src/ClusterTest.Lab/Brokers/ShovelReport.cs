using System.Text.RegularExpressions;

namespace ClusterTest.Lab.Brokers;

/// <summary>A Shovel as its cluster sees it.</summary>
/// <remarks>
/// <c>rabbitmqctl shovel_status</c> does not name the node that a Shovel runs on, and of a Shovel that cannot connect it says that, but not why: so the node is
/// asked in Erlang, and is told to try the connection once more. A node that has just started does not list the Shovels yet, but knows that they are
/// wanted: those count as starting. Tried with 3.10.8 and 4.3.6.
/// </remarks>
/// <param name="Queue">The name of the Shovel, and of its queue.</param>
/// <param name="Node">The short name of the node that the Shovel runs on; null while it runs on none.</param>
/// <param name="State">RabbitMQ's word: <c>running</c>, <c>starting</c> or <c>terminated</c>. The last is not final: RabbitMQ tries again.</param>
internal sealed partial record ShovelReport(string Queue, string? Node, string State)
{
    /// <summary>The arguments of rabbitmqctl that ask for the dynamic Shovels of the virtual host <c>/</c>. They fail where the plugin does not run.</summary>
    internal static readonly string[] Command =
    [
        "eval",
        """
        Children = mirrored_supervisor:which_children(rabbit_shovel_dyn_worker_sup_sup),
        NodesOf = fun(Name) -> [node(Pid) || {Id, Pid, _, _} <- Children, is_pid(Pid), lists:member(element(2, Id), [Name, {<<"/">>, Name}])] end,
        Word = fun(State) when is_atom(State) -> State; (State) -> element(1, State) end,
        States = [{Name, Word(element(3, Shovel))} || Shovel <- rabbit_shovel_status:status(), {<<"/">>, Name} <- [element(1, Shovel)]],
        [{Name, hd(NodesOf(Name) ++ [none]), proplists:get_value(Name, States, starting)}
            || Parameter <- rabbit_runtime_parameters:list(<<"/">>, <<"shovel">>), Name <- [proplists:get_value(name, Parameter)]].
        """,
    ];

    internal static IReadOnlyList<ShovelReport> Parse(string output) =>
    [
        .. Shovel().Matches(output).Select(static match => new ShovelReport(
            match.Groups["name"].Value,
            match.Groups["node"].Value.Trim('\'') is var node and not "none" ? ErlangNode.ShortNameOf(node) : null,
            match.Groups["state"].Value)),
    ];

    /// <summary>The arguments of rabbitmqctl that connect to the destination of a Shovel as the Shovel does, for <see cref="WhyNot"/>.</summary>
    internal static string[] TryCommand(string queue) =>
    [
        "eval",
        $$"""
        Definition = rabbit_runtime_parameters:value(<<"/">>, <<"shovel">>, <<"{{queue}}">>),
        Find = fun(D) when is_map(D) -> maps:get(<<"dest-uri">>, D); (D) -> proplists:get_value(<<"dest-uri">>, D) end,
        {ok, Parameters} = amqp_uri:parse(binary_to_list(iolist_to_binary(credentials_obfuscation:decrypt(Find(Definition))))),
        case catch amqp_connection:start(Parameters) of {ok, Connection} -> amqp_connection:close(Connection); Failure -> Failure end.
        """,
    ];

    /// <summary>Reads the output of <see cref="TryCommand"/>.</summary>
    /// <param name="output">The output.</param>
    /// <param name="destination">The destination's name, for the sentence.</param>
    /// <returns>Why the Shovel cannot connect, as a sentence; null if it can.</returns>
    internal static string? WhyNot(string output, string destination)
    {
        var said = string.Join(' ', output.Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
        bool Says(params string[] words) => words.Any(word => said.Contains(word, StringComparison.Ordinal));
        return said is "ok" ? null
            : Says("auth_failure", "access_refused") ? $"The Shovel cannot log in to {destination}: its user or password is wrong there."
            : Says("not_allowed") ? $"The Shovel may not use the virtual host of {destination}."
            : Says("protocol_version_mismatch", "malformed_header", "unexpected_method", "server_version_mismatch", "tls_alert", "protocol_version")
                ? $"The Shovel and {destination} cannot talk to each other: {said}"
            : Says("econnrefused", "nxdomain", "ehostunreach", "enetunreach", "etimedout", "timeout", "econnreset", "socket_closed", "closed")
                ? NobodyAnswersAt(destination)
            : $"The Shovel cannot connect to {destination}: {said}";
    }

    /// <summary>What <see cref="WhyNot"/> says if nothing is there, or nothing comes through to it.</summary>
    internal static string NobodyAnswersAt(string destination) => $"Nobody answers the Shovel at {destination}.";

    // {<<"cluster_test">>,'rabbit@a-1',running}
    [GeneratedRegex("""\{<<"(?<name>[^"]*)">>,\s*(?<node>[^,\s]+),\s*(?<state>[a-z_]+)\}""", RegexOptions.ExplicitCapture)]
    private static partial Regex Shovel();
}
