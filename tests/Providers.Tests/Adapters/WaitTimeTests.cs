using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class WaitTimeTests
{
    private static readonly ProviderListing Aapl = Listings.Aapl(ProviderId.Massive);

    private static double? WaitWith(string header, string value) =>
        new RecordedAnswer(429, "").With(header, value).Judge(Aapl).RetryAfterSeconds;

    [Theory]
    [InlineData("30", 30)]
    [InlineData(" 30 ", 30)]
    [InlineData("1.5", 1.5)]
    [InlineData("0", 1)]
    [InlineData("Wed, 18 Jun 2025 17:33:11 GMT", 60)]
    [InlineData("Wed, 18 Jun 2025 17:32:00 GMT", 1)]
    [InlineData("soon", 60)]
    [InlineData("-5", 60)]
    [InlineData("", 60)]
    [InlineData("99999999999", 60)]
    [InlineData("Wed, 18 Jun 2035 17:33:11 GMT", 60)]
    public void Retry_After_counts_seconds_or_names_a_date_and_nonsense_is_ignored(string value, double expected) =>
        Assert.Equal(expected, WaitWith("Retry-After", value));

    [Theory]
    [InlineData("1750267951", 20)]
    [InlineData("1750267900", 1)]
    [InlineData("1600000000", 1)]
    [InlineData("0", 60)]
    [InlineData("30", 60)]
    [InlineData("1750267951000", 60)]
    [InlineData("never", 60)]
    public void The_reset_is_in_Unix_seconds_and_a_past_one_means_a_small_pause(string value, double expected) =>
        Assert.Equal(expected, WaitWith("X-Ratelimit-Reset", value));

    [Fact]
    public void Retry_After_comes_before_the_reset() =>
        Assert.Equal(
            5,
            new RecordedAnswer(429, "").With("X-RateLimit-Reset", "1750267951").With("Retry-After", "5").Judge(Aapl).RetryAfterSeconds
        );

    [Fact]
    public void A_server_in_trouble_may_ask_for_time_but_its_rate_headers_mean_nothing()
    {
        Assert.Equal(5, new RecordedAnswer(503, "").With("Retry-After", "5").Judge(Aapl).RetryAfterSeconds);
        Assert.Null(new RecordedAnswer(500, "").With("X-RateLimit-Reset", "1750267951").Judge(Aapl).RetryAfterSeconds);
    }

    [Theory]
    [InlineData("2025-06-18T17:32:00Z", 60)]
    [InlineData("2025-06-18T17:32:59.9Z", 1)]
    public void The_calendar_minute_ends_with_the_clock(string now, double expected) =>
        Assert.Equal(
            expected,
            new RecordedAnswer(429, "") { ReceivedAt = DateTimeOffset.Parse(now) }
                .Judge(Listings.Aapl(ProviderId.Finnhub))
                .RetryAfterSeconds
        );
}
