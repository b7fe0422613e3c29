using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Quorum.MarketData;
using Xunit.Abstractions;

namespace Quorum.Providers.Tests;

/// <summary>Ten thousand damaged answers of each provider: whatever a server sends, a legal outcome comes of it.</summary>
public class MutatedAnswersTests(ITestOutputHelper output)
{
    private const int Payloads = 10_000;

    /// <summary>Another one finds other damages: <c>MUTATION_SEED=7 dotnet test</c>.</summary>
    private static readonly int Seed = int.TryParse(
        Environment.GetEnvironmentVariable("MUTATION_SEED"),
        CultureInfo.InvariantCulture,
        out var seed
    )
        ? seed
        : 20250618;

    private static readonly int[] Statuses = [200, 200, 200, 200, 200, 200, 400, 401, 402, 403, 404, 429];

    public static TheoryData<string> Providers => Successes.Providers;

    [Theory, MemberData(nameof(Providers))]
    public void A_damaged_answer_has_a_legal_outcome_at_bounded_cost(string provider)
    {
        output.WriteLine($"Seed {Seed}");
        var id = Successes.Parse(provider);
        List<byte[]> bodies = [.. BookedAnswer.Of(id).Select(answer => Encoding.UTF8.GetBytes(answer.Body))];
        var mutation = new Mutation(Seed, bodies);
        var adapter = TestAdapters.Of(id);
        var listing = Listings.Aapl(id);
        var pair = id == ProviderId.Alpaca ? listing : Listings.Pair(id, "EURUSD");
        List<ProviderListing> batch = [Listings.Us(id, "MSFT"), listing, Listings.Us(id, "T0001")];

        for (var i = -bodies.Count; i < Payloads; i++)
        {
            var isWarmUp = i < 0; // what is made once and kept is no cost of an answer
            var body = isWarmUp ? bodies[bodies.Count + i] : mutation.Next();
            using var response = new HttpResponseMessage((HttpStatusCode)Statuses[Math.Abs(i) % Statuses.Length]);
            var answer = new ProviderAnswer((int)response.StatusCode, body, response.Headers, RecordedAnswer.Now);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                AssertLegal(Judge.Decide(adapter, answer, listing));
                AssertLegal(Judge.Decide(adapter, answer, batch[0]));
                AssertLegal(Judge.Decide(adapter, answer, pair));
                if (adapter is IBatchAdapter many)
                {
                    AssertLegal(Judge.DecideBatch(many, answer, batch), batch.Count);
                }
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"Seed {Seed}, payload {i}, status {answer.Status}: {Encoding.UTF8.GetString(body)}",
                    exception
                );
            }

            if (!isWarmUp)
            {
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024 + (100 * body.Length));
            }
        }
    }

    private static void AssertLegal(in AttemptResult result, int listings)
    {
        if (result.Items is not { } items)
        {
            AssertLegal(result);
            Assert.NotEqual(FetchStatus.Ok, result.Status);
            Assert.InRange(result.Culprit ?? 0, IBatchAdapter.UnnamedCulprit, listings - 1);
            return;
        }

        Assert.Equal((listings, FetchStatus.Ok), (items.Count, result.Status));
        foreach (var item in items)
        {
            AssertLegal(item);
        }
    }

    private static void AssertLegal(in AttemptResult result)
    {
        Assert.True(
            result.Status
                is FetchStatus.Ok
                    or FetchStatus.UnknownSymbol
                    or FetchStatus.NoPrice
                    or FetchStatus.RateLimited
                    or FetchStatus.QuotaExhausted
                    or FetchStatus.InvalidKey
                    or FetchStatus.PlanRestricted
                    or FetchStatus.BadRequest
                    or FetchStatus.ServerError
                    or FetchStatus.MalformedResponse
                    or FetchStatus.Unreachable
        );
        Assert.Equal(result.Items is null && result.Status != FetchStatus.Ok, result.Detail is not null);
        Assert.InRange(result.RetryAfterSeconds ?? 1, 1, 48 * 3600);
        Assert.Equal(result.Status is FetchStatus.RateLimited or FetchStatus.QuotaExhausted, result.RetryAfterSeconds is not null);
        if (result.Quote is not { } quote)
        {
            Assert.True(result.Items is not null || result.Status != FetchStatus.Ok);
            return;
        }

        Assert.Equal(result.Status == FetchStatus.Ok, quote.Price is not null);
        Assert.True(result.Status is FetchStatus.Ok || (result.Status is FetchStatus.NoPrice && quote.PreviousClose is not null));
        foreach (
            var price in (decimal?[])
                [quote.Price, quote.Bid, quote.Ask, quote.Open, quote.High, quote.Low, quote.PreviousClose, quote.RawPrice]
        )
        {
            Assert.False(price <= 0);
        }

        Assert.False(quote.Volume < 0);
        Assert.True(quote.AsOf is null || quote.AsOf.Value.Offset == TimeSpan.Zero);
        Assert.Equal(quote.AsOf is null && quote.TradingDate is null, quote.AsOfPrecision is null);
        Assert.True(quote.RawUnit is null || quote.RawUnit.Length <= 8);
        Assert.Equal(quote, JsonSerializer.Deserialize<ProviderQuote>(JsonSerializer.Serialize(quote)));
    }
}
