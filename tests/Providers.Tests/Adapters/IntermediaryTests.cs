using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>N26: answers of proxies, firewalls and CDNs say nothing of key or plan.</summary>
public class IntermediaryTests
{
    private const string BlockPage =
        "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been blocked. Invalid API key? Upgrade your plan.</body></html>";

    public static TheoryData<string, int> Pages
    {
        get
        {
            var pages = new TheoryData<string, int>();
            foreach (var provider in ProviderId.All)
            {
                foreach (var status in (int[])[400, 401, 402, 403, 407, 429, 451, 502, 504, 511])
                {
                    if (provider != ProviderId.Eodhd || status != 429)
                    {
                        pages.Add(provider.ToString(), status);
                    }
                }
            }

            return pages;
        }
    }

    public static TheoryData<string> Providers => Successes.Providers;

    [Theory, MemberData(nameof(Pages))]
    public void N26_A_page_in_place_of_an_answer_means_that_something_between_refuses(string provider, int status)
    {
        foreach (
            var page in (string[])
                [BlockPage, "\r\n" + BlockPage, "<html></html>", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"]
        )
        {
            var result = Judge(provider, status, page);

            Assert.Equal((page, FetchStatus.Unreachable), (page, result.Status));
            Assert.Contains("between", result.Detail, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void N26_A_challenge_of_a_CDN_is_one_whatever_its_body(string provider)
    {
        foreach (var body in (string[])[BlockPage, "", "{\"error\":\"Invalid API key\"}"])
        {
            Assert.Equal(FetchStatus.Unreachable, Judge(provider, 403, body, ("cf-mitigated", "challenge")).Status);
        }

        foreach (var status in (int[])[403, 429, 500, 503, 520, 522, 530])
        {
            Assert.Equal(
                FetchStatus.Unreachable,
                Judge(provider, status, status == 429 ? "error code: 1015" : BlockPage, ("Server", "cloudflare")).Status
            );
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void N26_A_provider_behind_a_CDN_speaks_for_itself(string provider)
    {
        Assert.Equal(FetchStatus.Ok, Judge(provider, 200, Successes.Of(Successes.Parse(provider)), ("Server", "cloudflare")).Status);
        Assert.Equal(FetchStatus.InvalidKey, Judge(provider, 401, "{\"error\":\"Invalid API key\"}", ("Server", "cloudflare")).Status);
        Assert.Equal(FetchStatus.RateLimited, Judge(provider, 429, "{}", ("Server", "cloudflare")).Status);
    }

    [Theory, MemberData(nameof(Providers))]
    public void N26_A_page_with_a_status_of_success_stays_malformed(string provider) =>
        Assert.Equal(FetchStatus.MalformedResponse, Judge(provider, 200, BlockPage, ("Server", "cloudflare")).Status);

    [Theory, MemberData(nameof(Providers))]
    public void N26_Passing_faults_are_the_servers(string provider)
    {
        foreach (var status in (int[])[408, 413, 425, 499])
        {
            Assert.Equal(FetchStatus.ServerError, Judge(provider, status, "").Status);
            Assert.Equal(FetchStatus.ServerError, Judge(provider, status, BlockPage).Status);
        }
    }

    [Fact]
    public void N26_The_page_with_which_EODHD_limits_calls_is_its_own() =>
        Assert.Equal(
            (FetchStatus.RateLimited, 7.0),
            (
                Judge("eodhd", 429, BlockPage, ("Retry-After", "7")).Status,
                Judge("eodhd", 429, BlockPage, ("Retry-After", "7")).RetryAfterSeconds
            )
        );

    private static AttemptResult Judge(string provider, int status, string body, params (string Name, string Value)[] headers)
    {
        var answer = new RecordedAnswer(status, body);
        foreach (var (name, value) in headers)
        {
            answer.With(name, value);
        }

        return answer.Judge(Listings.Aapl(Successes.Parse(provider)));
    }
}
