using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>One answer as its adapter read it: numbers that may be a quote, or a refusal.</summary>
internal readonly record struct Reading
{
    private Reading(FetchStatus status, string? detail) => (Status, Detail) = (status, detail);

    /// <summary><see cref="FetchStatus.Ok"/> with <see cref="Raw"/>: whether there is a price shows when it is normalized.</summary>
    public FetchStatus Status { get; }

    public RawQuote? Raw { get; private init; }

    /// <summary>The wait after which a refusal ends by itself, in seconds.</summary>
    public double? RetryAfterSeconds { get; private init; }

    /// <summary>A sentence of our own; never the provider's text, which may echo a key (N17).</summary>
    public string? Detail { get; }

    public static Reading Quote(RawQuote raw) => new(FetchStatus.Ok, null) { Raw = raw };

    public static Reading UnknownSymbol { get; } = new(FetchStatus.UnknownSymbol, "The provider does not know the symbol.");

    public static Reading NoPrice { get; } = new(FetchStatus.NoPrice, "The provider gives no current price.");

    public static Reading InvalidKey { get; } = new(FetchStatus.InvalidKey, "The provider refuses the key, or misses one.");

    public static Reading PlanRestricted { get; } = new(FetchStatus.PlanRestricted, "The key's plan does not include what was asked.");

    public static Reading BadRequest { get; } = new(FetchStatus.BadRequest, "The provider calls the request wrong.");

    public static Reading NotAQuote { get; } = new(FetchStatus.MalformedResponse, "The answer is not of the provider's documented form.");

    public static Reading AnotherSymbol { get; } = new(FetchStatus.MalformedResponse, "The answer is about another symbol.");

    public static Reading AnotherVenue { get; } = new(FetchStatus.MalformedResponse, "The answer is about a listing at another venue.");

    public static Reading RateLimited(in ProviderAnswer answer, RateWindow window) =>
        window == RateWindow.Day
            ? new(FetchStatus.QuotaExhausted, "The day's calls are used up.") { RetryAfterSeconds = WaitTime.After(answer, window) }
            : new(FetchStatus.RateLimited, "Too many calls in a short time.") { RetryAfterSeconds = WaitTime.After(answer, window) };

    /// <summary>For faults of the server, also those told with a status of success.</summary>
    public static Reading ServerError(in ProviderAnswer answer) =>
        new(FetchStatus.ServerError, $"The provider failed (HTTP {answer.Status}).") { RetryAfterSeconds = WaitTime.RetryAfter(answer) };

    /// <summary>A refusal by something between us and the provider (N26).</summary>
    public static Reading Intercepted(in ProviderAnswer answer) =>
        new(
            FetchStatus.Unreachable,
            $"A proxy, firewall or CDN between this app and the provider refused the request (HTTP {answer.Status})."
        )
        {
            RetryAfterSeconds = WaitTime.RetryAfter(answer),
        };

    /// <summary>Judges an answer without a quote or a known text by its status (N5, third and fourth step).</summary>
    /// <param name="answer">An answer with a status below 500.</param>
    /// <param name="window">The limit that the provider's bare 429 means.</param>
    /// <param name="forbidden">The meaning of a 403 whose text names neither plan nor key.</param>
    public static Reading ByStatus(in ProviderAnswer answer, RateWindow window, Reading forbidden) =>
        answer.Status switch
        {
            401 => InvalidKey,
            402 => PlanRestricted,
            403 => ByForbiddingText(answer) ?? forbidden,
            404 when JsonText.IsObject(answer.Body) => UnknownSymbol,
            404 => NotAQuote,
            408 or 413 or 425 or 499 => ServerError(answer), // passing faults (N26)
            429 => RateLimited(answer, window),
            >= 400 => BadRequest,
            _ => NotAQuote,
        };

    private static Reading? ByForbiddingText(in ProviderAnswer answer)
    {
        if (
            answer.Says("plan"u8)
            || answer.Says("subscription"u8)
            || answer.Says("upgrade"u8)
            || answer.Says("premium"u8)
            || answer.Says("entitled"u8)
        )
        {
            return PlanRestricted;
        }

        return answer.Says("token"u8) || answer.Says("api key"u8) || answer.Says("apikey"u8) || answer.Says("credential"u8)
            ? InvalidKey
            : null;
    }
}
