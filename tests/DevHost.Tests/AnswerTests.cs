using System.Net;
using System.Text;
using Quorum.DevHost.App;
using Quorum.DevHost.Commands;
using Quorum.DevHost.Quotes;

namespace Quorum.DevHost.Tests;

public sealed class AnswerTests
{
    [Theory]
    [InlineData(404, """{"title":"Unknown symbol.","detail":"No provider knows NOSUCH."}""", "Unknown symbol: No provider knows NOSUCH.")]
    [InlineData(503, """{"title":"No quote"}""", "No quote (status 503)")]
    [InlineData(500, "", "InternalServerError (status 500)")]
    [InlineData(502, "<html>", "BadGateway (status 502)")]
    [InlineData(500, "[]", "InternalServerError (status 500)")]
    public void Problem_is_printed_in_one_line(int status, string body, string line) =>
        Assert.Equal(line, QuoteCommand.Explain((HttpStatusCode)status, Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Accepted_is_no_answer_yet() =>
        Assert.Contains("--budget", QuoteCommand.Explain(HttpStatusCode.Accepted, Array.Empty<byte>()), StringComparison.Ordinal);

    [Fact]
    public void A_converted_quote_shows_the_original_price_and_the_rate()
    {
        var text = QuoteText.Of(
            """
            {
              "symbol": "VOD:XLON", "name": "Vodafone Group Plc", "currency": "USD", "price": 0.9126, "completeness": "complete",
              "quality": { "confidence": 0.95, "providersAsked": 5, "providersUsed": 5 },
              "conversion": {
                "originalCurrency": "GBP", "originalPrice": 0.689, "unit": "USD", "rate": 1.32456, "pair": "GBPUSD",
                "asOf": "2026-11-20T15:00:00Z", "confidence": 0.97
              },
              "providers": [], "timing": { "elapsedMs": 120.5 }
            }
            """u8.ToArray()
        );

        Assert.Contains("0.9126 USD", text, StringComparison.Ordinal);
        Assert.Contains(
            "converted from 0.689 GBP at 1.32456 USD   GBPUSD   as of 2026-11-20T15:00:00Z   confidence 0.97\n",
            text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", 200)]
    [InlineData("HTTP/1.0 503 Service Unavailable\r\n", 503)]
    [InlineData("HTTP/1.1 20", 0)]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", 0)]
    [InlineData("", 0)]
    public void Status_is_read_from_the_first_line(string answer, int status) => Assert.Equal(status, AppRequest.ReadStatus(answer));
}
