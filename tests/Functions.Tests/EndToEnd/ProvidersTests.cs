using System.Net;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class ProvidersTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Each_provider_is_told_with_its_breaker_quota_latency_and_outcomes()
    {
        Assert.Equal(HttpStatusCode.OK, (await fixture.App.GetAsync("quotes/T0950?budget=10000")).Status);

        var answer = await fixture.App.GetAsync("providers");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var providers = answer.Json["items"]!.AsArray();
        Assert.Equal(["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"], providers.Select(provider => provider!["id"]!.ToString()));
        Assert.All(providers, provider =>
        {
            Assert.True((bool)provider!["enabled"]!);
            Assert.Equal("closed", provider["breaker"]!["state"]!.ToString());
            Assert.True((long)provider["outcomes"]!["ok"]! >= 1);
            Assert.NotNull(provider["latency"]!["p50Ms"]);
            Assert.NotNull(provider["lastSuccess"]);
        });
    }

    [Fact]
    public async Task Parameters_are_refused() => Assert.Equal(HttpStatusCode.BadRequest, (await fixture.App.GetAsync("providers?id=eodhd")).Status);
}
