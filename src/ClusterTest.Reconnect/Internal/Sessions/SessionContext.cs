using ClusterTest.Reconnect.Internal.Connections;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>What a session and its generations share.</summary>
internal sealed record SessionContext(int Session, ClusterOptions Options, Declarations Declarations, CleanUp CleanUp, ILogger Logger);
