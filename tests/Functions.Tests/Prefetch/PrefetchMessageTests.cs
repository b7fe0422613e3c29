using System.Text;
using Quorum.Functions.Prefetch;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.Prefetch;

public sealed class PrefetchMessageTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_message_is_read_as_it_was_written()
    {
        var message = new PrefetchMessage(Noon, Noon.AddSeconds(5), [Symbol.Parse("AAPL"), Symbol.Parse("VOD:XLON")]);

        Assert.True(PrefetchMessage.TryRead(message.Write(), out var read, out var fault), fault);
        Assert.Equal((message.PlannedAt, message.ExpiresAt), (read.PlannedAt, read.ExpiresAt));
        Assert.Equal(message.Symbols, read.Symbols);
    }

    [Fact]
    public void A_message_is_written_in_its_documented_form() =>
        Assert.Equal(
            """{"version":1,"plannedAt":"2026-11-20T17:00:00Z","expiresAt":"2026-11-20T17:00:05Z","symbols":["AAPL","VOD:XLON"]}""",
            Encoding.UTF8.GetString(
                Convert.FromBase64String(
                    new PrefetchMessage(Noon, Noon.AddSeconds(5), [Symbol.Parse("AAPL"), Symbol.Parse("VOD:XLON")]).Write()
                )
            )
        );

    [Theory]
    [InlineData(
        """{"version":1,"plannedAt":"2026-11-20T17:00:00Z","expiresAt":"2026-11-20T17:00:05Z","symbols":["aapl","AAPL"],"later":{}}""",
        "AAPL"
    )]
    [InlineData(
        """{"version":1,"plannedAt":"2026-11-20T17:00:00Z","expiresAt":"2026-11-20T18:00:05+01:00","symbols":["VOD:XLON"]}""",
        "VOD:XLON"
    )]
    public void Members_that_this_version_does_not_know_are_left_alone(string json, string symbols)
    {
        Assert.True(PrefetchMessage.TryRead(Encode(json), out var read, out var fault), fault);
        Assert.Equal(symbols, string.Join(',', read.Symbols));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{}", "version")]
    [InlineData("""{"version":2}""", "2")]
    [InlineData("""{"version":1,"plannedAt":"soon","expiresAt":"2026-11-20T17:00:05Z","symbols":["AAPL"]}""", "plannedAt")]
    [InlineData("""{"version":1,"plannedAt":"2026-11-20T17:00:00Z","symbols":["AAPL"]}""", "expiresAt")]
    [InlineData("""{"version":1,"plannedAt":"2026-11-20T17:00:00Z","expiresAt":"2026-11-20T17:00:05Z"}""", "symbols")]
    [InlineData("""{"version":1,"plannedAt":"2026-11-20T17:00:00Z","expiresAt":"2026-11-20T17:00:05Z","symbols":[]}""", "symbols")]
    [InlineData("""{"version":1,"plannedAt":"2026-11-20T17:00:00Z","expiresAt":"2026-11-20T17:00:05Z","symbols":["AAPL","$"]}""", "Item 1")]
    [InlineData("""{"version":1,"plannedAt":"2026-11-20T17:00:00Z","expiresAt":"2026-11-20T17:00:05Z","symbols":["\ud800"]}""", "Item 0")]
    [InlineData("""{"version":1,"version":1}""", "JSON")]
    public void An_invalid_message_is_rejected_with_the_reason(string json, string reason)
    {
        Assert.False(PrefetchMessage.TryRead(Encode(json.Length == 0 ? " " : json), out _, out var fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_base64_and_what_names_too_many_symbols_is_none()
    {
        Assert.False(PrefetchMessage.TryRead("{\"version\":1}", out _, out _));
        var many = new PrefetchMessage(Noon, Noon, [.. Enumerable.Range(0, 101).Select(number => Symbol.Parse($"T{number}"))]);
        Assert.False(PrefetchMessage.TryRead(many.Write(), out _, out var fault));
        Assert.Contains("100", fault, StringComparison.Ordinal);
    }

    private static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
}
