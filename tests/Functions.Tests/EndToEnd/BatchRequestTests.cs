using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Bodies of <c>POST batches</c>.</summary>
public sealed class BatchRequestTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Theory]
    [InlineData("""{"symbols": []}""", "symbols")]
    [InlineData("""{"symbols": "AAPL"}""", "symbols")]
    [InlineData("""{"symbols": ["AAPL", 7]}""", "symbols[1]")]
    [InlineData("""{"symbols": ["AAPL", null]}""", "symbols[1]")]
    [InlineData("""{"symbols": ["\ud800"]}""", "symbols[0]")]
    [InlineData("""{}""", "symbols")]
    [InlineData("""{"symbols": ["AAPL"], "batchId": "../../etc"}""", "batchId")]
    [InlineData("""{"symbols": ["AAPL"], "batchId": 7}""", "batchId")]
    [InlineData("""{"symbols": ["AAPL"], "priority": 1}""", "priority")]
    [InlineData("""{"symbols": ["AAPL"], "symbols": ["MSFT"]}""", "symbols")]
    [InlineData("""{"symbols": ["AAPL"], "\ud800": 1}""", "body")]
    [InlineData("""["AAPL"]""", "body")]
    [InlineData("""{"symbols": ["AAPL"]""", "body")]
    [InlineData("", "body")]
    public async Task A_request_that_breaks_a_rule_gets_that_rule(string body, string parameter)
    {
        var answer = await PostAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, "urn:quorum:problem:invalid-request"), (answer.Status, answer.Value("type")));
        Assert.Equal(parameter, answer.Json["errors"]![0]!["parameter"]!.ToString());
    }

    [Theory]
    // {"symbols":["\xFF"]}.
    [InlineData("7B 22 73 79 6D 62 6F 6C 73 22 3A 5B 22 FF 22 5D 7D", "body must be JSON in UTF-8; byte 14 is not UTF-8.")]
    [InlineData("FF FE 7B 00 7D 00", "body must be JSON in UTF-8; byte 1 is not UTF-8.")] // UTF-16
    [InlineData("7B 22 78 22 3A 7B 22 61 22 3A 31 2C 22 61 22 3A 32 7D 7D", "a must be given once.")] // {"x":{"a":1,"a":2}}
    [InlineData("7B 7D 7D", "body must be JSON; it is not at line 1, byte 3.")] // {}}
    [InlineData("EF BB BF 7B 7D", "symbols must be an array of 1 to 1000 symbols.")] // {} after a byte order mark
    public async Task A_body_that_is_not_JSON_is_rejected_with_that_reason(string bytes, string detail)
    {
        var answer = await PostAsync(new ByteArrayContent([.. bytes.Split(' ').Select(number => Convert.ToByte(number, 16))]));

        Assert.Equal((HttpStatusCode.BadRequest, detail), (answer.Status, answer.Value("detail")));
    }

    [Fact]
    public async Task A_byte_order_mark_does_no_harm()
    {
        var answer = await PostAsync(
            new ByteArrayContent([.. Encoding.UTF8.Preamble, .. """{"batchId": "marked", "symbols": ["T1064"]}"""u8])
        );

        Assert.Equal((HttpStatusCode.Accepted, "marked"), (answer.Status, answer.Value("batchId")));
    }

    [Fact]
    public async Task A_thousand_symbols_are_taken_and_one_more_is_not()
    {
        var most = JsonSerializer.Serialize(new { batchId = "most", symbols = Enumerable.Repeat("?", 999).Append("T1065") });
        var tooMany = JsonSerializer.Serialize(new { symbols = Enumerable.Repeat("?", 1001) });

        Assert.Equal("1000", (await PostAsync(most)).Value("total"));
        var refusal = (await PostAsync(tooMany)).Json["errors"]![0]!;
        Assert.Equal(
            ("symbols", "must be an array of 1 to 1000 symbols, not of 1001"),
            (refusal["parameter"]!.ToString(), refusal["rule"]!.ToString())
        );
        Assert.StartsWith("""["?","?",""", refusal["value"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(new string(' ', 300_000))).Status);
    }

    [Fact]
    public async Task A_body_that_is_not_said_to_be_JSON_is_refused() =>
        Assert.Equal(
            "urn:quorum:problem:unsupported-media-type",
            (await PostAsync("""{"symbols": ["AAPL"]}""", "application/x-www-form-urlencoded")).Value("type")
        );

    private Task<Answer> PostAsync(string body, string contentType = "application/json") =>
        PostAsync(new StringContent(body, Encoding.UTF8), contentType);

    private async Task<Answer> PostAsync(HttpContent body, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/batches") { Content = body };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return await fixture.App.SendAsync(request, CancellationToken.None);
    }
}
