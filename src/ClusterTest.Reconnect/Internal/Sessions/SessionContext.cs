using ClusterTest.Reconnect.Internal.Connections;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>The objects that a session shares with its generations.</summary>
internal sealed record SessionContext(int Session, ClusterOptions Options, Declarations Declarations, Beat Beat, CleanUp CleanUp, ILogger Logger);
