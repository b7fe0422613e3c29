using Quorum.DevHost.CommandLine;

namespace Quorum.DevHost.Tests;

public sealed class DevHostArgumentsTests
{
    [Fact]
    public void Nothing_said_means_serving()
    {
        var arguments = DevHostArguments.Parse([]);

        Assert.Null(arguments.Error);
        Assert.Equal(DevHostCommand.Serve, arguments.Command);
        Assert.Null(arguments.Port);
    }

    [Theory]
    [InlineData("--port", "8080")]
    [InlineData("--port=8080")]
    public void Port_is_where_it_serves(params string[] args) => Assert.Equal(8080, DevHostArguments.Parse(args).Port);

    [Fact]
    public void Quote_takes_a_symbol_a_budget_and_providers_in_any_order()
    {
        var arguments = DevHostArguments.Parse(["quote", "--budget", "200", "VOD:XLON", "--providers=finnhub,eodhd"]);

        Assert.Null(arguments.Error);
        Assert.Equal(DevHostCommand.Quote, arguments.Command);
        Assert.Equal(("VOD:XLON", 200, "finnhub,eodhd"), (arguments.Symbol, arguments.Budget, arguments.Providers));
    }

    [Fact]
    public void Batch_takes_a_file_and_where_the_results_go()
    {
        var arguments = DevHostArguments.Parse(["batch", "symbols.csv", "--output", "results.jsonl"]);

        Assert.Null(arguments.Error);
        Assert.Equal((DevHostCommand.Batch, "symbols.csv", "results.jsonl"), (arguments.Command, arguments.File, arguments.Output));
        Assert.Null(DevHostArguments.Parse(["batch", "symbols.csv"]).Output);
    }

    [Theory]
    [InlineData("batch needs a CSV file", "batch")]
    [InlineData("ends in .csv or .jsonl", "batch", "symbols.csv", "--output", "results.xlsx")]
    [InlineData("--output belongs to batch", "quote", "AAPL", "--output=quote.csv")]
    [InlineData("leave --port out", "batch", "symbols.csv", "--port", "8080")]
    public void What_a_batch_cannot_do_with_is_refused(string error, params string[] args) => Assert.Contains(error, DevHostArguments.Parse(args).Error, StringComparison.Ordinal);

    [Fact]
    public void Cold_start_has_time_by_default() => Assert.Equal(5000, DevHostArguments.Parse(["quote", "AAPL"]).Budget);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("quote", "AAPL", "--help")]
    public void Help_wins(params string[] args) => Assert.Equal(DevHostCommand.Help, DevHostArguments.Parse(args).Command);

    [Theory]
    [InlineData("There is no option --prot.", "--prot", "80")]
    [InlineData("--port needs a number from 1 to 65535, not nothing.", "--port")]
    [InlineData("--port needs a number from 1 to 65535, not 0.", "--port", "0")]
    [InlineData("--port needs a number from 1 to 65535, not 99999.", "--port=99999")]
    [InlineData("--budget needs milliseconds from 50 to 10000, not 1.", "quote", "AAPL", "--budget", "1")]
    [InlineData("quote needs a symbol, AAPL or VOD:XLON for instance.", "quote")]
    [InlineData("quote takes free ports: leave --port out.", "quote", "AAPL", "--port", "7071")]
    [InlineData("What is MSFT for?", "quote", "AAPL", "MSFT")]
    [InlineData("What is serve for?", "serve")]
    [InlineData("--providers needs a list.", "quote", "AAPL", "--providers")]
    [InlineData("--data needs a folder.", "--data")]
    [InlineData("--providers belongs to quote.", "--providers", "finnhub")]
    public void What_is_wrong_is_said(string error, params string[] args) => Assert.Equal(error, DevHostArguments.Parse(args).Error);
}
