using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using NullAmqp;

var port = new Option<int>("--port") { Description = "The port. [default: a free one, which is printed]" };
var address = new Option<string>("--address") { Description = "Where to listen.", DefaultValueFactory = _ => "127.0.0.1" };
var size = new Option<int>("--size") { Description = "Bytes in the body of each delivered message, at least.", DefaultValueFactory = _ => 256 };
var isSealed = new Option<bool>("--sealed")
{
    Description = "Give each delivered message a body of its own with the digest that our consumer checks, as our producer makes them.",
};
var isSilent = new Option<bool>("--silent") { Description = "Deliver nothing, as from an empty queue." };
var root = new RootCommand(
    "A peer that speaks AMQP 0-9-1 and stores nothing: it confirms what is published and delivers made-up messages, as fast as it can. SIGTERM ends it.")
{
    port,
    address,
    size,
    isSealed,
    isSilent,
};
root.SetAction(parsed =>
{
    using var over = new ManualResetEventSlim();
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    using var server = new NullServer(new NullBrokerOptions
    {
        Address = IPAddress.Parse(parsed.GetRequiredValue(address)),
        Port = parsed.GetValue(port),
        BodySize = parsed.GetRequiredValue(size),
        IsSealed = parsed.GetValue(isSealed),
        IsSilent = parsed.GetValue(isSilent),
    });
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{parsed.GetRequiredValue(address)}:{server.Port}"));
    over.Wait();
    var totals = server.Totals;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"confirmed {totals.Confirmed}, delivered {totals.Delivered}, settled {totals.Settled}"));

    void End(PosixSignalContext context)
    {
        context.Cancel = true;
        over.Set();
    }
});
return await root.Parse(args).InvokeAsync();
