using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Internal.Sessions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>
/// Asks the broker, while a producer gets no confirms, whether the queue still exists. A channel that published to a quorum queue during the queue's
/// deletion gets neither a confirm nor a return. The broker waits 10 s before it looks for the queue by itself (rabbit_fifo_client, 3.10 to 4.2).
/// </summary>
/// <remarks>
/// The check asks on a separate channel. The broker may stop reading from a connection while one of its channels waits like that. So if no answer comes, the
/// check asks over a separate connection.
/// </remarks>
internal sealed class ConfirmCheck(SessionContext context, Link link, Func<long> quietSince)
{
    // How long a message waits for its confirm before the check asks. This is shorter than the time in which another client notices the deletion and declares
    // the queue again: after that the broker would answer that the queue exists.
    private static readonly TimeSpan ConfirmWait = TimeSpan.FromMilliseconds(500);

    private const int MostDoublings = 5; // up to 8 s between two questions

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = context.Options.TimeProvider;
    private Link? _other;
    private bool _isMute;
    private int _failures;
    private int _attempts;

    /// <summary>Checks until the queue turns out to be deleted.</summary>
    /// <param name="life">Ends the checks.</param>
    /// <returns>The failure that the generation ends with.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Failure> FindLossAsync(CancellationToken life)
    {
        try
        {
            while (true)
            {
                // The interval grows with failed questions, since many producers ask at the same time when their cluster is slow.
                await Task.Delay(Beat.Nearest(Beat.Interval * (1 << Math.Min(_failures, MostDoublings)), _time), _time, life).ConfigureAwait(false);
                if (!IsWaiting())
                {
                    HangUp();
                    (_isMute, _failures) = (false, 0);
                }
                else if (WasDeleted() || (!context.Options.Topology.Predeclared && await IsGoneAsync(life).ConfigureAwait(false)))
                {
                    return NewFailure.Connection(
                        FailureKind.NotFound, "the queue was deleted, and the broker neither confirms nor returns the messages that were published to it");
                }
            }
        }
        finally
        {
            HangUp();
        }
    }

    private bool IsWaiting() =>
        !link.Blockage.IsBlocked
        && quietSince() is not 0 and var quiet
        && _time.GetElapsedTime(Math.Max(quiet, link.Blockage.EndedTimestamp)) >= ConfirmWait;

    // Another session of this client may have found the queue deleted.
    private bool WasDeleted() => quietSince() is not 0 and var quiet && context.Declarations.GoneTimestamp > quiet;

    private async Task<bool> IsGoneAsync(CancellationToken life)
    {
        try
        {
            await AskAsync(_isMute ? await OtherLinkAsync(life).ConfigureAwait(false) : link, life).ConfigureAwait(false);
            return false;
        }
        catch (OperationInterruptedException refused) when (Declarations.IsNoQueue(refused))
        {
            context.Declarations.NoteGone();
            return true;
        }
#pragma warning disable CA1031 // Without an answer the queue may exist or not; the watchdog ends the wait for confirms.
        catch (Exception exception) when (!life.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.ConfirmCheckFailed(context.Logger, exception, context.Session);
            _failures++;
            _isMute = true;
            return false;
        }
    }

    private async Task AskAsync(Link asked, CancellationToken cancellationToken)
    {
        // The client library waits for an answer although its token is cancelled: an abandoned question ends with its connection.
        var asking = AskAsync(asked, context.Options.Topology.Queue);
        context.CleanUp.Track(asking);
        await asking.WaitAsync(AnswerTimeout, _time, cancellationToken).ConfigureAwait(false);
    }

    private static async Task AskAsync(Link asked, string queue)
    {
        var channel = await asked.Connection.CreateChannelAsync().ConfigureAwait(false);
        await channel.QueueDeclarePassiveAsync(queue).ConfigureAwait(false);
        await channel.CloseAsync().ConfigureAwait(false);
    }

    private async Task<Link> OtherLinkAsync(CancellationToken life)
    {
        if (_other is not { IsOpen: true })
        {
            HangUp();
            var options = context.Options;
            using var deadline = new CancellationTokenSource(options.AttemptTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, life);
            var endpoint = options.Endpoints[_attempts % options.Endpoints.Count];
            var socket = await new Dialer(options).ConnectAsync(endpoint, _attempts++, context.CleanUp, either.Token).ConfigureAwait(false);
            _other = await Link
                .OpenAsync(options, endpoint, socket, new Login(options), $"{options.ClientName}?", context.CleanUp, context.Logger, either.Token)
                .ConfigureAwait(false);
        }

        return _other;
    }

    private void HangUp()
    {
        _other?.Abort(context.CleanUp);
        _other = null;
    }
}
