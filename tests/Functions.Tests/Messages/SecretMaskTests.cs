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
}
