using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>Whatever happens, no password and no private key shows in what a program writes, or in the list of processes.</summary>
public abstract class SecretTests : ProgramTest
{
    private readonly string _marker = $"m{Guid.NewGuid():N}";
    private readonly TestAuthority _authority = new();
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("cluster-test-secret-");

    /// <summary>What happens.</summary>
    public enum Situation
    {
        /// <summary>All is well until a lost connection, and a stop.</summary>
        Works,

        /// <summary>The broker refuses the login.</summary>
        RefusedLogin,

        /// <summary>The host has no address.</summary>
        Unresolvable,

        /// <summary>The server's certificate has expired.</summary>
        ExpiredCertificate,

        /// <summary>An option is misspelt.</summary>
        WrongUsage,
    }

    /// <summary>Where the password stands.</summary>
    public enum Source
    {
        /// <summary>In a file.</summary>
        File,

        /// <summary>In the environment variable.</summary>
        Variable,

        /// <summary>On the command line.</summary>
        Uri,
    }

    public static TheoryData<Situation, Source> Situations => new(
        from situation in Enum.GetValues<Situation>()
        from source in Enum.GetValues<Source>()
        select (situation, source));

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task Secrets_never_show(Situation situation, Source source)
    {
        using var certificate = _authority.Issue("localhost", -3, situation == Situation.ExpiredCertificate ? -1 : 1);
        using var client = _authority.Issue("client");
        await using var front = TlsFront.Start(Broker, certificate, _authority.Certificate);
        var key = TestAuthority.KeyPemOf(client);
        if (situation == Situation.RefusedLogin)
        {
            Broker.On<ConnectionStartOk>().CloseConnection(403, "ACCESS_REFUSED - Login was refused");
        }

        var host = situation == Situation.Unresolvable ? "nowhere.invalid" : "localhost";
        var login = source == Source.File ? "alice" : $"alice:{_marker}";
        var uri = $"amqps://{login}@{host}:{front.Port}";
        string[] arguments =
        [
            "--ca-file", await FileAsync("ca.pem", _authority.Pem),
            "--client-cert", await FileAsync("client.pem", client.ExportCertificatePem()),
            "--client-key", await FileAsync("key.pem", key),
            "--verbose", "--log-format", "json", "--output", "json",
            .. situation == Situation.Unresolvable ? (string[])["--retry-for", "2s"] : [],
            .. source == Source.Variable ? (string[])[] : ["--uri", uri],
            .. source == Source.File ? (string[])["--password-file", await FileAsync("password", _marker)] : [],
            .. situation == Situation.WrongUsage ? (string[])["--cuont", "1"] : [],
        ];
        var program = StartWith([.. Lasting, .. arguments], source == Source.Variable ? uri : null);
        if (situation == Situation.Works)
        {
            await program.StandardError.WaitForLineAsync(line => line.Contains("\"To\":\"Open\"", StringComparison.Ordinal), timeout: Patience);
            var commandLine = await File.ReadAllTextAsync($"/proc/{program.ProcessId}/cmdline", TestContext.Current.CancellationToken);
            Assert.Equal(source == Source.Uri, commandLine.Contains(_marker, StringComparison.Ordinal));
            Broker.OpenConnections[0].Reset();
            await program.StandardError.WaitForLineAsync(line => line.Contains("Recovered", StringComparison.Ordinal), timeout: Patience);
            program.Send(Signal.Terminate);
        }

        var code = await program.ExitCodeAsync(Patience);
        Assert.Equal(situation switch { Situation.Works => 0, Situation.WrongUsage => 1, _ => 2 }, code);
        var written = $"{program.StandardOutput}\n{program.StandardError}";
        Assert.DoesNotContain(_marker, written, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Split('\n')[1], written, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", written, StringComparison.Ordinal);
        if (situation is Situation.Works or Situation.RefusedLogin)
        {
            Assert.Contains(_marker, Broker.Received.OfType<ConnectionStartOk>().First().Response, StringComparison.Ordinal); // it was read, and used
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _authority.Dispose();
        _files.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gets the options that keep the program working until it is stopped.</summary>
    protected abstract IEnumerable<string> Lasting { get; }

    private async Task<string> FileAsync(string name, string text)
    {
        var path = Path.Combine(_files.FullName, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
