using Microsoft.Extensions.Logging;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The fetches of one provider whose callers no longer wait: bounded in number and time; what they bring is kept.</summary>
internal sealed partial class BackgroundCalls(
    ProviderId provider,
    ProviderOptions options,
    ILateQuotes? lateQuotes,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly CancellationTokenSource _stopping = new();
    private int _count;

    /// <summary>Lets a fetch go on, or ends it where there is no room or time left.</summary>
    public void Follow(FetchCall call, Task<AttemptResult> running)
    {
        call.LeaveBehind();
        var left = options.BackgroundLimit - time.GetElapsedTime(call.StartedAt);
        if (left > TimeSpan.Zero && Interlocked.Increment(ref _count) <= options.MaxBackgroundCalls)
        {
            _ = FollowAsync(call, running, left);
            return;
        }

        if (left > TimeSpan.Zero)
        {
            Interlocked.Decrement(ref _count);
        }

        call.Cancellation.Cancel();
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task FollowAsync(FetchCall call, Task<AttemptResult> running, TimeSpan left)
    {
        try
        {
            await using var stop = _stopping.Token.UnsafeRegister(
                static source => ((CancellationTokenSource)source!).Cancel(),
                call.Cancellation
            );
            await using var limit = time.CreateTimer(
                static source => ((CancellationTokenSource)source!).Cancel(),
                call.Cancellation,
                left,
                Timeout.InfiniteTimeSpan
            );
            var result = await running;
            await KeepAsync(call.Listing, result);
            for (var i = 0; i < result.Items?.Count; i++)
            {
                await KeepAsync(call.Batch![i], result.Items[i]); // items come with a batch only
            }
        }
#pragma warning disable CA1031 // not awaited: a failure is visible in the log only
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotKept(exception, provider, call.Listing.Symbol);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private Task KeepAsync(ProviderListing listing, in AttemptResult result) =>
        lateQuotes is not null && result is { Status: FetchStatus.Ok, Quote: { } quote }
            ? lateQuotes.KeepAsync(listing, quote, _stopping.Token)
            : Task.CompletedTask;

    [LoggerMessage(EventId = 1122, Level = LogLevel.Warning, Message = "A late quote of {Provider} for {Symbol} could not be kept")]
    private partial void LogNotKept(Exception exception, ProviderId provider, Symbol symbol);
}
