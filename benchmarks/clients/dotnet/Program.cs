using System.Runtime.InteropServices;
using ClusterTest.Clients;

// clients rabbitmq-client [INTERVAL-IN-MS], clients rabbitmq-client-loop, or clients masstransit
var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopped.TrySetResult();
});
await (args switch
{
    ["masstransit"] => MassTransitClient.RunAsync(stopped.Task),
    ["rabbitmq-client-loop"] => LoopClient.RunAsync(stopped.Task),
    _ => PlainClient.RunAsync(args.ElementAtOrDefault(1), stopped.Task),
});
Lines.Summary();
