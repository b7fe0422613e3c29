using Microsoft.Extensions.Logging.Testing;
using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>An adapter that breaks its promise does not fail the caller, and what it says stays out of the log.</summary>
public class ProviderExchangeTests
{
    private const string Secret = "a piece of the answer and the key";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exception_of_an_adapter_is_a_malformed_answer_and_is_logged_without_its_message(bool whenRead)
    {
        await using var server = await HttpStandIn.StartAsync(200, "{}");
        var settings = new ProviderSettings(FinnhubAdapter.Registration, new ProviderOptions { BaseAddress = server.Address });
        await using var quota = new QuotaProcess(new LocalQuotaLedger(TimeProvider.System), TimeProvider.System);
        var log = new FakeLogger();
        using var exchange = new ProviderExchange(
            ProviderId.Finnhub,
            new BrokenAdapter(server.Address, whenRead),
            settings,
            ProviderHandler.Create(settings.Options),
            quota.Gate,
            TimeProvider.System,
            log
        );

        var result = await exchange.SendAsync(
            new FetchCall(Listings.Aapl(ProviderId.Finnhub), DateTimeOffset.MaxValue, CallPurpose.Interactive, startedAt: 0),
            CancellationToken.None
        );

        Assert.Equal((FetchStatus.MalformedResponse, "The answer could not be read."), (result.Status, result.Detail));
        Assert.Equal(whenRead ? 1 : 0, server.Requests.Count);
        var line = Assert.Single(FleetUnderTest.LinesOf(log.Collector));
        Assert.StartsWith("Error: An answer of finnhub could not be read: ArithmeticException at ", line, StringComparison.Ordinal);
        Assert.Contains(nameof(BrokenAdapter), line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
    }

    private sealed class BrokenAdapter(string address, bool whenRead) : IProviderAdapter
    {
        public HttpRequestMessage CreateRequest(ProviderListing listing) =>
            whenRead ? new HttpRequestMessage(HttpMethod.Get, address) : throw new ArithmeticException(Secret);

        public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing) => throw new ArithmeticException(Secret);

        public Reading ReadRefusal(in ProviderAnswer answer) => throw new ArithmeticException(Secret);
    }
}
