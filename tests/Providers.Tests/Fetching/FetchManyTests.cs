using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class FetchManyTests
{
    [Fact]
    public async Task Each_listing_has_its_outcome_in_the_order_given()
    {
        await using var server = await HttpStandIn.StartAsync(context => HttpStandIn.WriteAsync(
            context, 200, $$"""{"c":{{context.Request.Query["symbol"].ToString()[1..]}},"pc":1,"t":1750267930}"""));
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", server.Address));
        var listings = Enumerable.Range(1, 40).Select(i => Listings.Us(ProviderId.Finnhub, $"T{i}")).ToList();

        var outcomes = await fleet.Fleet.FetchManyAsync(
            ProviderId.Finnhub, listings, DateTimeOffset.UtcNow.AddSeconds(60), CallPurpose.Batch, CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, 40).Select(i => (decimal?)i), outcomes.Select(outcome => outcome.Quote?.Price));
        Assert.Equal(40, server.Requests.Count);
    }
}
