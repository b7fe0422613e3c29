using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Quorum.Functions.Messages;

namespace Quorum.Functions.Tests.Messages;

public sealed class SecretMaskTests
{
    private static readonly SecretMask Mask = new(
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["Providers:Finnhub:ApiKey"] = "d0a1b2c3d4",
                    ["Providers:Alpaca:ApiSecret"] = "d0a1b2c3d4-and-more",
                    ["Functions:Keys:Function:default"] = "function-key-1",
                    ["AzureWebJobsStorage"] =
                        "DefaultEndpointsProtocol=https;AccountName=quorumqueues;AccountKey=c3RvcmFnZQ==;EndpointSuffix=core.windows.net",
                    ["ConnectionStrings:Quorum"] = "Host=127.0.0.1;Username=quorum; Password = pass-of-postgres",
                    ["Providers:Eodhd:BaseAddress"] = "https://eodhd.com/",
                }
            )
            .Build()
    );

    [Theory]
    [InlineData(
        "AAPL d0a1b2c3d4-and-more, d0a1b2c3d4 and function-key-1 of https://eodhd.com/",
        "AAPL ***, *** and *** of https://eodhd.com/"
    )]
    [InlineData("quorumqueues has c3RvcmFnZQ==, and quorum pass-of-postgres", "quorumqueues has ***, and quorum ***")]
    [InlineData("""{"batchId": "b", "apiKey": "somebody's"}""", """{"batchId": "b", "apiKey": "***'s"}""")]
    [InlineData("""{"token":"abc","symbols":["AAPL"]}""", """{"token":"***","symbols":["AAPL"]}""")]
    [InlineData("https://x/y?apikey=abc&symbol=AAPL", "https://x/y?apikey=***&symbol=AAPL")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer ***")]
    [InlineData(
        """{"version": 1, "batchId": "b", "symbols": ["AAPL", "KEYS", "TOKEN"]}""",
        """{"version": 1, "batchId": "b", "symbols": ["AAPL", "KEYS", "TOKEN"]}"""
    )]
    public void What_is_or_may_be_a_key_is_taken_out(string text, string masked) => Assert.Equal(masked, Mask.Apply(text));

    public static TheoryData<string, string> Encodings()
    {
        string[] encodings =
        [
            "Base64",
            "Base64 for addresses",
            "Base64 after a byte",
            "Base64 after two bytes",
            "Base64 of UTF-16",
            "hexadecimal",
            "URL encoding",
        ];
        var cases = new TheoryData<string, string>();
        foreach (var first in (string[])[.. encodings, "UTF-16", "JSON"])
        {
            cases.Add(first, "");
            foreach (var second in encodings)
            {
                cases.Add(first, second);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Keys_are_masked_however_they_are_encoded_once_or_twice(string first, string second)
    {
        string[] keys = ["d0a1b2c3d4-and-more", "pass-of-postgres", "c3RvcmFnZQ==", "qk_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-abcde"];
        foreach (var key in keys)
        {
            var encoded = Encode(second, Encode(first, key));

            var masked = Mask.Apply($$"""{"note": "from {{encoded}} on", "symbols": ["AAPL"]}""");

            Assert.Equal("""{"note": "from *** on", "symbols": ["AAPL"]}""", masked);
        }
    }

    [Theory]
    [InlineData("bm90aGluZyBzZWNyZXQgaW4gdGhpcyB0ZXh0IG9mIGEgc3RyYW5nZXI=")]
    [InlineData("https://example.com/a%20b/symbols?list=AAPL%2CMSFT")]
    [InlineData("0199c5a1f7e27c33b0a1d2e3f4a5b6c7")]
    [InlineData("%zz qk_short \0 =")]
    public void Other_encoded_text_stays(string text) => Assert.Equal(text, Mask.Apply(text));

    private static string Encode(string name, string text) =>
        name switch
        {
            "Base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
            "Base64 for addresses" => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text)),
            "Base64 after a byte" => Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + text + "y")),
            "Base64 after two bytes" => Convert.ToBase64String(Encoding.UTF8.GetBytes("xy" + text)),
            "Base64 of UTF-16" => Convert.ToBase64String(Encoding.Unicode.GetBytes(text)),
            "hexadecimal" => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
            "URL encoding" => string.Concat(Encoding.UTF8.GetBytes(text).Select(one => $"%{one:x2}")),
            "UTF-16" => string.Join('\0', text.AsEnumerable()),
            "JSON" => JsonEncodedText.Encode(text).Value,
            _ => text,
        };
}
