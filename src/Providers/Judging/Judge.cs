using System.Text.Json;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Judges an answer in the order of rules N26 and N5: a page of something in between, a server's fault whatever the body, a quote,
/// a known refusal, the status.</summary>
internal static class Judge
{
    public static AttemptResult Decide(IProviderAdapter adapter, in ProviderAnswer answer, ProviderListing listing)
    {
        return Finish(Read(adapter, answer, listing), answer, listing);
    }

    /// <summary>The same for a request for many listings, each judged alone (N15).</summary>
    public static AttemptResult DecideBatch(IBatchAdapter adapter, in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings)
    {
        if (ReadBatch(adapter, answer, listings) is { } readings)
        {
            var items = new AttemptResult[readings.Length];
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = Finish(readings[i], answer, listings[i]);
            }

            return new AttemptResult(FetchStatus.Ok) { Items = items };
        }

        if (Intermediary.Find(answer, adapter.SendsPage(answer.Status)) is { } intercepted)
        {
            return Finish(intercepted);
        }

        if (answer.Status >= 500)
        {
            return Finish(Reading.ServerError(answer));
        }

        return Finish(adapter.ReadRefusal(answer)) with
        {
            Culprit = answer.IsMarkup ? null : adapter.FindCulprit(answer, listings), // the words of a page are not the provider's (N26)
        };
    }

    private static AttemptResult Finish(in Reading reading, in ProviderAnswer answer, ProviderListing listing)
    {
        if (reading.Raw is not { } raw)
        {
            return Finish(reading);
        }

        var quote = QuoteNormalizer.Normalize(raw, listing, answer.ReceivedAt);
        if (quote.Price is not null)
        {
            return new AttemptResult(FetchStatus.Ok, null, quote);
        }

        return Finish(Reading.NoPrice) with
        {
            Quote = quote.PreviousClose is null ? null : quote,
        };
    }

    private static AttemptResult Finish(in Reading refusal) => new(refusal.Status, refusal.Detail, null, refusal.RetryAfterSeconds);

    private static Reading[]? ReadBatch(IBatchAdapter adapter, in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings)
    {
        if (!answer.IsSuccess)
        {
            return null;
        }

        try
        {
            return adapter.ReadBatch(answer, listings);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // as below
        }
    }

    private static Reading Read(IProviderAdapter adapter, in ProviderAnswer answer, ProviderListing listing)
    {
        if (Intermediary.Find(answer, adapter.SendsPage(answer.Status)) is { } intercepted)
        {
            return intercepted;
        }

        if (answer.Status >= 500)
        {
            return Reading.ServerError(answer);
        }

        if (answer.IsSuccess)
        {
            try
            {
                if (adapter.ReadQuote(answer, listing) is { } reading)
                {
                    return reading;
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // Not of the form (the reader calls text that is no Unicode an invalid operation): what it is instead, its words may say.
            }
        }

        return adapter.ReadRefusal(answer);
    }
}
