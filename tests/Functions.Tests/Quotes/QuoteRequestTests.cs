using System.Web;
using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteRequestTests
{
    /// <summary>Without reference data.</summary>
    private static readonly InstrumentCatalogue Empty = new(
        new QuorumDatabase(Options.Create(new StorageOptions { ConnectionString = "Host=localhost" }))
    );

    [Fact]
    public void A_symbol_alone_asks_all_providers_within_200_ms_and_accepts_5_s_of_age()
    {
        var request = Parse("aapl", "");

        Assert.Equal("AAPL", request.Symbol.ToString());
        Assert.Equal(TimeSpan.FromMilliseconds(200), request.Budget);
        Assert.Equal(TimeSpan.FromSeconds(5), request.MaxAge);
        Assert.True(request.Providers.IsAll);
    }

    [Fact]
    public void Every_parameter_is_read_whatever_its_case()
    {
        var request = Parse("vod:xlon", "?Budget=10000&MAXAGE=0&providers=EODHD,%20finnhub&code=secret");

        Assert.Equal("VOD:XLON", request.Symbol.ToString());
        Assert.Equal(TimeSpan.FromSeconds(10), request.Budget);
        Assert.Equal(TimeSpan.Zero, request.MaxAge);
        Assert.Equal([ProviderId.Finnhub, ProviderId.Eodhd], request.Providers.ToList().AsEnumerable());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("?minConfidence=0", 0)]
    [InlineData("?minConfidence=0.8", 0.8)]
    [InlineData("?minconfidence=1", 1)]
    public void The_lowest_confidence_accepted_is_a_number_from_0_to_1(string query, double expected) =>
        Assert.Equal(expected, Parse("AAPL", query).MinConfidence);

    [Theory]
    [InlineData("-0.1")]
    [InlineData("1.1")]
    [InlineData("80%25")]
    [InlineData("0,8")]
    [InlineData("NaN")]
    [InlineData("1e-1")]
    public void Another_lowest_confidence_is_refused(string text) =>
        AssertRefused("AAPL", "?minConfidence=" + text, "minConfidence", text.Replace("%25", "%", StringComparison.Ordinal), "from 0 to 1");

    [Theory]
    [InlineData("", null, null)]
    [InlineData("", 3, 3)]
    [InlineData("?agree=all", 3, null)]
    [InlineData("?agree=2", 3, 2)]
    [InlineData("?Agree=6", null, 6)]
    public void The_number_that_must_agree_is_the_one_asked_for_else_that_of_the_settings(string query, int? setting, int? agree)
    {
        Assert.True(QuoteRequest.TryParse("AAPL", HttpUtility.ParseQueryString(query), Empty, setting, out var request, out _));
        Assert.Equal(agree, request.Agree);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("7")]
    [InlineData("-3")]
    [InlineData("3.0")]
    [InlineData("ALL")]
    [InlineData("none")]
    public void Another_number_that_must_agree_is_refused(string text) =>
        AssertRefused("AAPL", "?agree=" + text, "agree", text, "from 2 to 6, or 'all'");

    [Fact]
    public void A_quote_of_all_providers_is_always_accepted_and_one_on_which_some_agreed_if_they_were_enough_and_it_is_certain_enough()
    {
        var complete = Samples.Published(Samples.Consolidated("AAPL", 187m), "1", Samples.Noon); // of confidence 1
        var agreed = complete with { Agreeing = 3, Completeness = Completeness.Agreed };

        Assert.True(Parse("AAPL", "").Accepts(complete));
        Assert.True(Parse("AAPL", "?agree=5&minConfidence=1").Accepts(complete));
        Assert.False(Parse("AAPL", "").Accepts(agreed));
        Assert.True(Parse("AAPL", "?agree=2").Accepts(agreed));
        Assert.True(Parse("AAPL", "?agree=3&minConfidence=1").Accepts(agreed));
        Assert.False(Parse("AAPL", "?agree=4").Accepts(agreed));
        var uncertain = Samples.Consolidated("AAPL", 187m);
        uncertain = uncertain with { Quality = uncertain.Quality with { Confidence = 0.5 } };
        Assert.False(Parse("AAPL", "?agree=3&minConfidence=0.6").Accepts(agreed with { Document = QuoteDocument.Write(uncertain) }));
    }

    [Fact]
    public void All_providers_by_name_are_the_same_request_as_all_by_default() =>
        Assert.Equal(Parse("AAPL", ""), Parse("AAPL", "?providers=eodhd,alpaca,massive,twelve-data,alpha-vantage,finnhub"));

    [Theory]
    [InlineData("", "symbol", "", "1 to 15")]
    [InlineData("ABCDEFGHIJKLMNOP", "symbol", "ABCDEFGHIJKLMNOP", "1 to 15")]
    [InlineData("A/", "symbol", "A/", "letters and digits")]
    [InlineData("AAPL:XXXX", "symbol", "AAPL:XXXX", "ISO 10383")]
    [InlineData("NASDAQ:MSFT", "symbol", "NASDAQ:MSFT", "write MSFT")]
    [InlineData("LON:VOD", "symbol", "LON:VOD", "write VOD:XLON")]
    [InlineData("BRKb", "symbol", "BRKb", "in one case")]
    [InlineData("US0378331006", "symbol", "US0378331006", "must be 5")]
    [InlineData("AAPL;drop", "symbol", "AAPL;drop", "letters and digits")]
    [InlineData(".AAPL", "symbol", ".AAPL", "letters and digits")]
    [InlineData("VOD:", "symbol", "VOD:", "ISO 10383")]
    [InlineData("VOD:LONDON", "symbol", "VOD:LONDON", "ISO 10383")]
    [InlineData("VOD:XLON:XLON", "symbol", "VOD:XLON:XLON", "ISO 10383")]
    [InlineData("ＡＡＰＬ", "symbol", "ＡＡＰＬ", "letters and digits")]
    public void A_symbol_that_breaks_a_rule_is_refused_with_it(string symbol, string parameter, string value, string rule) =>
        AssertRefused(symbol, "", parameter, value, rule);

    [Theory]
    [InlineData("?budget=", "budget", "", "50 to 10000")]
    [InlineData("?budget=49", "budget", "49", "50 to 10000")]
    [InlineData("?budget=10001", "budget", "10001", "50 to 10000")]
    [InlineData("?budget=-200", "budget", "-200", "whole number")]
    [InlineData("?budget=%2B200", "budget", "+200", "whole number")]
    [InlineData("?budget=200.0", "budget", "200.0", "whole number")]
    [InlineData("?budget=2e2", "budget", "2e2", "whole number")]
    [InlineData("?budget=0x64", "budget", "0x64", "whole number")]
    [InlineData("?budget=200ms", "budget", "200ms", "milliseconds")]
    [InlineData("?budget=99999999999999999999", "budget", "99999999999999999999", "whole number")]
    [InlineData("?budget=200&budget=300", "budget", "200, 300", "once")]
    [InlineData("?maxAge=-1", "maxAge", "-1", "0 to 86400")]
    [InlineData("?maxAge=86401", "maxAge", "86401", "seconds")]
    [InlineData("?maxAge=now", "maxAge", "now", "whole number")]
    [InlineData("?providers=", "providers", "", "finnhub, alpha-vantage")]
    [InlineData("?providers=,", "providers", "", "finnhub")]
    [InlineData("?providers=finnhub,", "providers", "", "finnhub")]
    [InlineData("?providers=bloomberg", "providers", "bloomberg", "eodhd")]
    [InlineData("?providers=finnhub,FINNHUB", "providers", "FINNHUB", "once")]
    [InlineData("?providers=finnhub&providers=eodhd", "providers", "finnhub, eodhd", "once")]
    [InlineData("?max-age=5", "max-age", null, "one of the parameters budget")]
    [InlineData("?flag", "flag", null, "one of the parameters budget")]
    public void A_query_that_breaks_a_rule_is_refused_with_it(string query, string parameter, string? value, string rule) =>
        AssertRefused("AAPL", query, parameter, value, rule);

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        Assert.False(
            QuoteRequest.TryParse(
                "?",
                HttpUtility.ParseQueryString("?budget=1&maxAge=x&providers=y&z=1"),
                Empty,
                null,
                out _,
                out var faults
            )
        );

        Assert.Equal(["symbol", "z", "budget", "maxAge", "providers"], faults.Select(fault => fault.Parameter));
    }

    [Fact]
    public void A_long_value_is_not_echoed_whole()
    {
        Assert.False(QuoteRequest.TryParse(new string('A', 5000), [], Empty, null, out _, out var faults));

        Assert.Equal(65, Assert.Single(faults).Value!.Length);
    }

    private static QuoteRequest Parse(string symbol, string query)
    {
        Assert.True(
            QuoteRequest.TryParse(symbol, HttpUtility.ParseQueryString(query), Empty, null, out var request, out var faults),
            string.Join(' ', faults)
        );
        return request;
    }

    private static void AssertRefused(string symbol, string query, string parameter, string? value, string rule)
    {
        Assert.False(QuoteRequest.TryParse(symbol, HttpUtility.ParseQueryString(query), Empty, null, out _, out var faults));
        var fault = Assert.Single(faults);
        Assert.Equal(new InvalidParameter(parameter, value, fault.Rule), fault);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
    }
}
