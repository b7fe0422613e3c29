using System.Net;
using static Quorum.Functions.Tests.EndToEnd.ProblemAnswers;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Answers of <c>GET quotes/{symbol}</c> while providers fail.</summary>
public sealed class QuoteFaultTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    /// <summary>Long enough for a busy machine.</summary>
    private const string Patient = "budget=10000&maxAge=0";

    private RunningApp App => fixture.App;

    private RunningSimulator Simulator => fixture.Simulator;

    [Fact]
    public async Task While_one_provider_answers_the_others_faults_are_named_in_a_partial_quote()
    {
        await Simulator.FailAsync(
            new
            {
                provider = "finnhub",
                kind = "status",
                status = 500,
                symbol = "T0009",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "twelve-data",
                kind = "html",
                symbol = "T0009",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "massive",
                kind = "status",
                status = 429,
                retryAfter = "7",
                symbol = "T0009",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "alpaca",
                kind = "refused",
                symbol = "T0009",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "alpha-vantage",
                kind = "hang",
                symbol = "T0009",
            }
        );

        var answer = await App.GetAsync("quotes/T0009?budget=5000&maxAge=0");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            [
                "finnhub: server-error",
                "alpha-vantage: timed-out",
                "twelve-data: malformed-response",
                "massive: rate-limited",
                "alpaca: unreachable",
                "eodhd: ok",
            ],
            answer.Outcomes()
        );
        Assert.Equal("partial", answer.Value("completeness"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal("7", answer.Provider("massive")["retryAfterSeconds"]!.ToString());
        Assert.Equal(answer.Provider("eodhd")["quote"]!["price"]!.ToString(), answer.Value("price"));
        await Simulator.MendAsync();
    }

    [Fact]
    public async Task Stored_quotes_stand_in_when_every_provider_fails()
    {
        var before = await App.GetAsync($"quotes/T0010?{Patient}");
        await fixture.Database.WaitUntilAsync("select count(*) = 6 from quorum.provider_quotes where symbol = 'T0010'");
        await Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 503,
                symbol = "T0010",
            }
        );
        await Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 503,
                symbol = "T0010.US",
            }
        );

        var answer = await App.GetAsync("quotes/T0010?budget=1000&maxAge=0");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("stale", answer.Value("completeness"));
        Assert.Equal("stale", answer.Header("X-Quorum-Completeness"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.All(
            answer.Json["providers"]!.AsArray(),
            provider =>
            {
                Assert.Equal("server-error", provider!["outcome"]!.ToString());
                Assert.True((bool)provider["fromStore"]!);
                Assert.True((bool)provider["quote"]!["stale"]!);
            }
        );
        Assert.Equal(before.Provider("finnhub")["quote"]!["price"]!.ToString(), answer.Provider("finnhub")["quote"]!["price"]!.ToString());
        await Simulator.MendAsync();
    }

    [Fact]
    public async Task With_nothing_at_all_the_service_is_unavailable_for_as_long_as_the_first_provider_says()
    {
        await Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 429,
                retryAfter = "11",
                symbol = "T0011",
            }
        );
        await Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 429,
                retryAfter = "11",
                symbol = "T0011.US",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "massive",
                kind = "status",
                status = 429,
                retryAfter = "4",
                symbol = "T0011",
            }
        );

        var answer = await App.GetAsync("quotes/T0011?budget=1000&maxAge=0");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        AssertProblem(answer, "urn:quorum:problem:no-quote");
        Assert.Equal("4", answer.Header("Retry-After"));
        Assert.Equal(6, answer.Outcomes().Length);
        await Simulator.MendAsync();
    }
}
