using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The outcome of one request, judged and normalized.</summary>
internal readonly record struct AttemptResult(
    FetchStatus Status,
    string? Detail = null,
    ProviderQuote? Quote = null,
    double? RetryAfterSeconds = null
)
{
    /// <summary>True if the provider was called.</summary>
    public bool WasMade { get; init; } = true;

    /// <summary>For a request for many listings that was answered: what the answer says of each, in their order; then <see cref="Status"/>
    /// is <see cref="FetchStatus.Ok"/>. <see langword="null"/> when it speaks for them all.</summary>
    public IReadOnlyList<AttemptResult>? Items { get; init; }

    /// <inheritdoc cref="IBatchAdapter.FindCulprit"/>
    public int? Culprit { get; init; }

    public static AttemptResult TimedOut { get; } = new(FetchStatus.TimedOut, "No answer in time.");

    public static AttemptResult TooLate { get; } =
        new(FetchStatus.TimedOut, "The deadline was too near: the provider was not asked.") { WasMade = false };

    public static AttemptResult TooLarge { get; } = new(FetchStatus.MalformedResponse, "The answer is larger than the limit.");

    public static AttemptResult CutOff { get; } = new(FetchStatus.MalformedResponse, "The answer is cut off.");
}
