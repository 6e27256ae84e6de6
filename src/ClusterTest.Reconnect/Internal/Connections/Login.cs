using System.Text.RegularExpressions;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>How a session logs in, attempt by attempt, and what a failed login means.</summary>
/// <remarks>
/// The client library (7.2.2, Connection.GetAuthMechanismFactory) takes an offer of <c>AMQPLAIN</c> for <c>PLAIN</c>, since it looks for one text within the
/// other. RabbitMQ then closes the connection without a reason, 3 s later. The client library reveals the broker's offer only when it finds no common
/// mechanism. So after two attempts in a row that end at the login, the next attempt wants no mechanism, to learn the offer. A single such end may come from
/// a node that failed at that moment. Brokers that have too much to do do not answer in time; once a login has succeeded, that says nothing of mechanisms.
/// </remarks>
internal sealed partial class Login(ClusterOptions options)
{
    private const int EndsBeforeAsking = 2;
    private const string ExternalMechanism = "EXTERNAL";

    private volatile string? _begun; // the mechanism that the client library chose
    private volatile int _endsAtLogin;
    private volatile bool _hasSucceeded;
    private volatile Failure? _lastEnd;

    /// <summary>Gives the mechanisms from which the client library chooses in the next attempt.</summary>
    public IEnumerable<IAuthMechanismFactory> Begin()
    {
        _begun = null;
        return _endsAtLogin >= EndsBeforeAsking ? [] : [.. Wanted().Select(mechanism => new Watched(mechanism, this))];
    }

    /// <summary>Takes note that a login succeeded.</summary>
    public void Succeed() => (_endsAtLogin, _hasSucceeded) = (0, true);

    /// <summary>Explains the end of an attempt by its login; <see langword="null"/> if the login is not the cause.</summary>
    public Failure? Explain(Exception exception)
    {
        if (Offered(exception) is { } offered)
        {
            _endsAtLogin = 0;
            return offered.Any(name => Wanted().Any(mechanism => mechanism.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                ? _lastEnd
                : NothingInCommon(offered);
        }

        var failure = FailureClassifier.Classify(exception, Phase.Connect);
        _endsAtLogin = (_begun, failure.Kind) switch
        {
            (not null, FailureKind.ClosedByPeer) => _endsAtLogin + 1,
            (not null, FailureKind.TimedOut) => _hasSucceeded ? _endsAtLogin : _endsAtLogin + 1,
            _ => 0,
        };
        _lastEnd = failure.Kind is FailureKind.ClosedByPeer ? ClosedAtLogin : failure;
        return (_endsAtLogin, failure.Kind) switch
        {
            ( > 0, FailureKind.ClosedByPeer) => _lastEnd,
            (_, FailureKind.AuthenticationFailed) when _begun == ExternalMechanism => failure with
            {
                Advice = "Check that the broker has a user of the name in the client certificate (ssl_cert_login_from), and demands certificates "
                    + "(ssl_options.verify); or log in by password: name a user, and no auth_mechanism=external (AuthMechanisms.Plain).",
            },
            _ => null,
        };
    }

    private static Failure ClosedAtLogin => NewFailure.Connection(
        FailureKind.ClosedByPeer, "the broker closed the connection at the login, without a reason", "The broker's log has the reason.");

    private Failure NothingInCommon(IEnumerable<string> offered) => NewFailure.Fatal(
        FailureKind.AuthenticationFailed,
        null,
        $"the broker offers no login mechanism that this client uses (the broker offers {PeerText.Line(string.Join(", ", offered))}; "
            + $"the client uses {string.Join(", ", Wanted().Select(static mechanism => mechanism.Name))})",
        "Enable one of the client's mechanisms at the broker (auth_mechanisms); EXTERNAL takes a client certificate and no user.");

    private IEnumerable<IAuthMechanismFactory> Wanted()
    {
        if (options.AuthMechanisms.HasFlag(AuthMechanisms.External))
        {
            yield return new ExternalMechanismFactory();
        }

        if (options.AuthMechanisms.HasFlag(AuthMechanisms.Plain))
        {
            yield return new PlainMechanismFactory();
        }
    }

    private static string[]? Offered(Exception? exception) => exception switch
    {
        null => null,
        AggregateException all => all.InnerExceptions.Select(Offered).FirstOrDefault(static offered => offered is not null),
        IOException { Message: var said } when NoneFound().Match(said) is { Success: true } found =>
            found.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        _ => Offered(exception.InnerException),
    };

    [GeneratedRegex(@"^No compatible authentication mechanism found - server offered \[(.*)\]$", RegexOptions.Singleline)]
    private static partial Regex NoneFound();

    private sealed class Watched(IAuthMechanismFactory inner, Login login) : IAuthMechanismFactory
    {
        public string Name => inner.Name;

        public IAuthMechanism GetInstance()
        {
            login._begun = Name;
            return inner.GetInstance();
        }
    }
}
