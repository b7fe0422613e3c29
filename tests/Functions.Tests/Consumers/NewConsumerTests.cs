using System.Text;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;

namespace Quorum.Functions.Tests.Consumers;

public sealed class NewConsumerTests
{
    [Fact]
    public void A_body_has_a_name_and_may_have_limits_and_providers()
    {
        var parameters = new QueryParameters([]);

        var all = Read(
            """{"name":"desk-1","perSecond":1,"perMinute":60,"perDay":1000000000,"providers":["eodhd","FINNHUB"]}""",
            parameters
        );
        var least = Read("""{"name":"d","perSecond":null,"providers":null}""", parameters);

        Assert.Empty(parameters.Faults);
        Assert.Equal(("desk-1", 1, 60, 1_000_000_000), (all.Name, all.PerSecond, all.PerMinute, all.PerDay));
        Assert.Equal("eodhd,finnhub", string.Join(',', all.Providers!)); // They were given.
        Assert.Equal(("d", null, null), (least.Name, least.PerSecond, least.Providers));
    }

    [Theory]
    [InlineData("""{"name":"1desk"}""", "name " + NewConsumer.NameRule + "; got '\"1desk\"'.")]
    [InlineData("""{"name":null}""", "name " + NewConsumer.NameRule + "; got 'null'.")]
    [InlineData("""{"name":"a","perDay":"9"}""", "perDay must be a whole number of provider calls from 1 to 1000000000; got '\"9\"'.")]
    [InlineData(
        """{"name":"a","perDay":1000000001}""",
        "perDay must be a whole number of provider calls from 1 to 1000000000; got '1000000001'."
    )]
    public void Every_fault_of_a_body_is_named(string body, string faults)
    {
        var parameters = new QueryParameters([]);

        Read(body, parameters);

        Assert.Equal(faults, string.Join(' ', parameters.Faults));
    }

    [Theory]
    [InlineData("\"finnhub\"")]
    [InlineData("""["finnhub","finnhub"]""")]
    [InlineData("""["finnhub",7]""")]
    public void Providers_are_known_and_each_is_named_once(string providers)
    {
        var parameters = new QueryParameters([]);

        Read($$"""{"name":"a","providers":{{providers}}}""", parameters);

        Assert.StartsWith(
            "must be an array of one or more of finnhub, alpha-vantage,",
            Assert.Single(parameters.Faults).Rule,
            StringComparison.Ordinal
        );
    }

    private static Quorum.Storage.Consumer Read(string body, QueryParameters parameters) =>
        NewConsumer.Read(Encoding.UTF8.GetBytes(body), parameters);
}
