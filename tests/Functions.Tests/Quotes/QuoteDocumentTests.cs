using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteDocumentTests
{
    private static readonly ConsolidatedQuote Quote = Samples.Consolidated(
        "VOD:XLON",
        72.5m,
        Samples.Result(ProviderId.Finnhub, FetchStatus.Ok, 72.5m),
        Samples.Result(ProviderId.Alpaca, FetchStatus.NotCovered) with
        {
            LatencyMs = 0,
        },
        Samples.Result(ProviderId.Eodhd, FetchStatus.RateLimited, retryAfter: 2) with
        {
            LatencyMs = 38.25,
        }
    );

    [Fact]
    public void The_timing_of_each_provider_is_read_from_the_document()
    {
        var timings = QuoteDocument.ReadTimings(QuoteDocument.Write(Quote));

        Assert.Equal(
            "finnhub;dur=12.3;desc=\"ok\", alpaca;dur=0;desc=\"not-covered\", eodhd;dur=38.2;desc=\"rate-limited\"",
            ProviderTiming.ToHeader(timings)
        );
    }

    [Fact]
    public void The_confidence_is_read_from_the_document() =>
        Assert.Equal(
            0.844,
            QuoteDocument.ReadConfidence(QuoteDocument.Write(Quote with { Quality = Quote.Quality with { Confidence = 0.844 } }))
        );

    [Fact]
    public void What_is_written_is_read_again()
    {
        var read = QuoteDocument.Read(QuoteDocument.Write(Quote));

        Assert.Equal(Encoding.UTF8.GetString(QuoteDocument.Write(Quote).Span), Encoding.UTF8.GetString(QuoteDocument.Write(read).Span));
    }

    [Theory]
    [InlineData("0123456789abcdef")]
    [InlineData(null)]
    public void Head_and_tail_make_one_object(string? instanceId)
    {
        var tail = new byte[QuoteDocument.LongestTail];
        var length = QuoteDocument.WriteTail(tail, 10000, 9999.9, 9999.9, instanceId, new string('f', 32));

        var answer = JsonNode.Parse([.. QuoteDocument.Head(QuoteDocument.Write(Quote)).Span, .. tail.AsSpan(0, length)])!.AsObject();

        Assert.Equal("VOD:XLON", (string?)answer["symbol"]);
        Assert.Equal(9999.9, (double?)answer["timing"]!["elapsedMs"]);
        Assert.Equal(instanceId, (string?)answer["instanceId"]);
        Assert.Equal("traceId", answer.Last().Key);
    }

    [Fact]
    public void A_document_passes_through_history_byte_for_byte()
    {
        var input = new PublishQuoteInput
        {
            InstanceId = "1",
            Symbol = Quote.Symbol,
            PublishedAt = Samples.Noon,
            Completeness = Quote.Completeness,
            Providers = ProviderId.All,
            Document = new(QuoteDocument.Write(Quote)),
        };

        var read = JsonSerializer.Deserialize(
            JsonSerializer.SerializeToUtf8Bytes(input, DurableJson.Default.PublishQuoteInput),
            DurableJson.Default.PublishQuoteInput
        )!;

        Assert.True(read.Document.Utf8.Span.SequenceEqual(input.Document.Utf8.Span));
    }
}
