using System.Text.Json;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Says what an answer is, in the order of rule N5: a server's fault whatever the body, a quote, a known refusal, the status.</summary>
internal static class Judge
{
    public static AttemptResult Decide(IProviderAdapter adapter, in ProviderAnswer answer, ProviderListing listing)
    {
        var reading = Read(adapter, answer, listing);
        if (reading.Raw is not { } raw)
            return new AttemptResult(reading.Status, reading.Detail, null, reading.RetryAfterSeconds);

        var quote = QuoteNormalizer.Normalize(raw, listing, answer.ReceivedAt);
        if (quote.Price is not null)
            return new AttemptResult(FetchStatus.Ok, null, quote);

        var noPrice = Reading.NoPrice;
        return new AttemptResult(noPrice.Status, noPrice.Detail, quote.PreviousClose is null ? null : quote);
    }

    private static Reading Read(IProviderAdapter adapter, in ProviderAnswer answer, ProviderListing listing)
    {
        if (answer.Status >= 500)
            return Reading.ServerError(answer);

        if (answer.IsSuccess)
        {
            try
            {
                if (adapter.ReadQuote(answer, listing) is { } reading)
                    return reading;
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // Not of the form (the reader calls text that is no Unicode an invalid operation): what it is instead, its words may say.
            }
        }

        return adapter.ReadRefusal(answer);
    }
}
