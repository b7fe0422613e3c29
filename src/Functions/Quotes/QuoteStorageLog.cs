using Microsoft.Extensions.Logging;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>Logs failures of PostgreSQL that leave quotes as they are or poorer: once when a use of it begins to fail and once when it works
/// again, however many quotes are made meanwhile.</summary>
public sealed partial class QuoteStorageLog(TimeProvider time, ILogger<QuoteStorageLog> logger)
{
    private readonly Failing?[] _failing = new Failing?[Enum.GetValues<QuoteStorageUse>().Length];

    /// <summary>Logs the failure if it is the first since the use worked.</summary>
    public void Failed(QuoteStorageUse use, Exception exception)
    {
        var begun = new Failing(time.GetTimestamp());
        var failing = Interlocked.CompareExchange(ref _failing[(int)use], begun, null) ?? begun;
        if (Interlocked.Increment(ref failing.Count) == 1)
        {
            LogFails(exception, use);
        }
    }

    /// <summary>Logs that the use works again if it failed before.</summary>
    public void Worked(QuoteStorageUse use)
    {
        if (Volatile.Read(ref _failing[(int)use]) is not null && Interlocked.Exchange(ref _failing[(int)use], null) is { } failing)
        {
            LogWorks(use, time.GetElapsedTime(failing.Since).TotalSeconds, Volatile.Read(ref failing.Count));
        }
    }

    /// <summary>Logs that PostgreSQL has not answered in the time that the quote had for it.</summary>
    [LoggerMessage(EventId = 1006, Level = LogLevel.Debug, Message = "PostgreSQL did not answer in time for {Symbol}: {Use}.")]
    public partial void Late(QuoteStorageUse use, Symbol symbol);

    [LoggerMessage(
        EventId = 1002,
        Level = LogLevel.Warning,
        Message = "PostgreSQL fails: {Use}. Quotes are made without; the next line about it comes when it works again."
    )]
    private partial void LogFails(Exception exception, QuoteStorageUse use);

    [LoggerMessage(
        EventId = 1003,
        Level = LogLevel.Information,
        Message = "PostgreSQL works again: {Use}, after {Seconds:F1} s and {Failures} failures."
    )]
    private partial void LogWorks(QuoteStorageUse use, double seconds, int failures);

    private sealed class Failing(long since)
    {
        public readonly long Since = since;

        public int Count;
    }
}

/// <summary>The uses of PostgreSQL without which a quote is made all the same.</summary>
public enum QuoteStorageUse
{
    /// <summary>Loading the instrument and the last known quotes. Without, the merge has the instrument that this process
    /// remembers.</summary>
    ReferenceData,

    /// <summary>Finding a quote that can be served at once or as a fallback.</summary>
    StoredQuotes,

    /// <summary>Storing and finding the outcome of a call that two processes need. Without, each of them calls the provider.</summary>
    ClaimedFetches,

    /// <summary>Loading the quote that another process published. Without, its caller waits until the budget ends.</summary>
    PublishedElsewhere,
}
