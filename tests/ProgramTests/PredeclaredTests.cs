using ScriptedAmqp;
using Xunit;

namespace ClusterTest.ProgramTests;

/// <summary>A queue that others have declared, with arguments of their own, and an account that may declare nothing.</summary>
public abstract class PredeclaredTests : ProgramTest
{
    protected const string Option = "--predeclared";

    [Theory]
    [InlineData(403, "ACCESS_REFUSED - configure access to queue 'cluster_test' in vhost '/' refused for user 'guest'")]
    [InlineData(
        406,
        "PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue 'cluster_test' in vhost '/': "
            + "received none but current is the value '10' of type 'long'")]
    public async Task A_declaration_that_is_refused_names_the_option(int code, string text)
    {
        // bunny#613, aio-pika#525, MassTransit#3464
        Broker.On<QueueDeclare>().CloseChannel((ushort)code, text);
        var program = Start();
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.Contains(Option, FatalLine(program), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_the_option_does_not_mend_does_not_name_it()
    {
        Declare();
        Broker.On<BasicConsume>().CloseChannel(403, $"ACCESS_REFUSED - read access to queue '{Queue}' in vhost '/' refused for user 'guest'");
        Broker.On<BasicPublish>().CloseChannel(403, $"ACCESS_REFUSED - write access to exchange '{Queue}' in vhost '/' refused for user 'guest'");
        var program = Start(Option);
        Assert.Equal(2, await program.ExitCodeAsync(Patience));
        Assert.DoesNotContain(Option, FatalLine(program), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_declared_not_even_passively()
    {
        Declare();
        var program = Start(Option, "--count", "1");
        Feed();
        Assert.Equal(0, await program.ExitCodeAsync(Patience));
        AssertNothingDeclared();
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_waited_for_and_the_option_named()
    {
        var program = Start(Option, "--count", "1", "--retry-for", "20s");
        await program.StandardError.WaitForLineAsync(line => line.Contains(Option, StringComparison.Ordinal), timeout: Patience);
        Declare();
        Feed();
        Assert.Equal(0, await program.ExitCodeAsync(Patience));
        AssertNothingDeclared();
    }

    /// <summary>Gives the program a message, if it waits for one.</summary>
    protected abstract void Feed();

    protected void AssertNothingDeclared() => Assert.DoesNotContain(Broker.Received, static method => method is ExchangeDeclare or QueueDeclare or QueueBind);

    protected void Declare(string name = Queue) => Broker.Declare(name, new Dictionary<string, object?> { ["x-max-length"] = 10 });
}
