using System.Text.Json;
using Quorum.DevHost.Batches;

namespace Quorum.DevHost.Tests;

public sealed class ResultWriterTests
{
    private const string Done =
        """{"ordinal":1,"given":"aapl","symbol":"AAPL","status":"done","reason":null,"quote":{"name":"Apple, \"Inc.\"","price":187.21,"bid":null,"completeness":"complete"}}""";

    private const string Failed = """{"ordinal":2,"given":"a,b","symbol":null,"status":"failed","reason":"invalid-symbol","quote":null}""";

    [Fact]
    public async Task CSV_has_a_line_for_each_item_and_quotes_what_needs_it() => Assert.Equal(
        """"
        given,symbol,status,reason,name,venue,currency,price,asOf,bid,ask,open,high,low,previousClose,volume,change,changePercent,completeness
        aapl,AAPL,done,,"Apple, ""Inc.""",,,187.21,,,,,,,,,,,complete
        "a,b",,failed,invalid-symbol,,,,,,,,,,,,,,,

        """",
        await WriteAsync(asJson: false));

    [Fact]
    public async Task JSON_lines_are_the_items_as_they_came() => Assert.Equal($"{Done}\n{Failed}\n", await WriteAsync(asJson: true));

    private static async Task<string> WriteAsync(bool asJson)
    {
        await using var text = new StringWriter { NewLine = "\n" };
        var writer = new ResultWriter(text, asJson);
        await writer.WriteHeaderAsync();
        foreach (var item in (string[])[Done, Failed])
        {
            using var document = JsonDocument.Parse(item);
            await writer.WriteAsync(document.RootElement);
        }
        return text.ToString();
    }
}
