using System.Runtime.InteropServices;
using ClusterTest.Clients;

// clients rabbitmq-client [INTERVAL-IN-MS], or: clients masstransit
var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopped.TrySetResult();
});
await (args is ["masstransit"] ? MassTransitClient.RunAsync(stopped.Task) : PlainClient.RunAsync(args.ElementAtOrDefault(1), stopped.Task));
Lines.Summary();
