using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>What one request came to, judged and normalized.</summary>
internal readonly record struct AttemptResult(FetchStatus Status, string? Detail = null, ProviderQuote? Quote = null, double? RetryAfterSeconds = null)
{
    public static AttemptResult TimedOut { get; } = new(FetchStatus.TimedOut, "No answer in time.");

    public static AttemptResult TooLarge { get; } = new(FetchStatus.MalformedResponse, "The answer is larger than the limit.");

    public static AttemptResult CutOff { get; } = new(FetchStatus.MalformedResponse, "The answer is cut off.");
}
