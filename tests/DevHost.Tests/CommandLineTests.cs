using Quorum.DevHost.CommandLine;

namespace Quorum.DevHost.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData]
    [InlineData("--port", "8080")]
    [InlineData("--port=8080", "--data", "folder")]
    [InlineData("quote", "AAPL")]
    [InlineData("quote", "--budget", "200", "VOD:XLON", "--providers=finnhub,eodhd", "--json")]
    [InlineData("quote", "AAPL", "--server", "http://127.0.0.1:7071", "--key", "secret")]
    [InlineData("quote", "AAPL", "--agree", "3")]
    [InlineData("quote", "VOD:XLON", "--currency", "GBX")]
    [InlineData("batch", "symbols.csv")]
    [InlineData("batch", "symbols.csv", "--output", "results.jsonl", "--column", "Ticker")]
    [InlineData("check", "--simulate-missing")]
    [InlineData("quote", "AAPL", "--server", "http://127.0.0.1:7071", "--consumer-key", "qk_secret")]
    [InlineData("keys", "create", "risk-desk")]
    [InlineData("keys", "create", "risk-desk", "--per-minute", "60", "--per-day=5000", "--providers", "finnhub,eodhd")]
    [InlineData("keys", "list", "--server", "http://127.0.0.1:7071", "--key", "secret")]
    [InlineData("keys", "revoke", "risk-desk", "--server", "http://127.0.0.1:7071")]
    public void Right_command_lines_have_no_errors(params string[] args) => Assert.Empty(DevHostCommandLine.Create().Parse(args).Errors);

    [Theory]
    [InlineData("--prot", "--prot", "80")]
    [InlineData("--port must be between 1 and 65535; got 0.", "--port", "0")]
    [InlineData("--port must be between 1 and 65535; got 99999.", "--port=99999")]
    [InlineData("--budget must be between 50 and 10000 ms; got 1.", "quote", "AAPL", "--budget", "1")]
    [InlineData("missing for command: 'quote'", "quote")]
    [InlineData("--agree must be between 2 and 6, or all; got 9.", "quote", "AAPL", "--agree", "9")]
    [InlineData("SYMBOL must have a letter or a digit, for example AAPL or VOD:XLON; got ''.", "quote", "")]
    [InlineData("SYMBOL must have a letter or a digit, for example AAPL or VOD:XLON; got '..'.", "quote", "..")]
    [InlineData("FILE must have a letter or a digit, for example positions.csv; got ' '.", "batch", " ")]
    [InlineData("NAME must have a letter or a digit, for example risk-desk; got ''.", "keys", "create", "")]
    [InlineData("NAME must have a letter or a digit, for example risk-desk; got '.'.", "keys", "revoke", ".")]
    [InlineData("missing for command: 'batch'", "batch")]
    [InlineData("MSFT", "quote", "AAPL", "MSFT")]
    [InlineData("serve", "serve")]
    [InlineData("--output must end in .csv or .jsonl; got results.xlsx.", "batch", "symbols.csv", "--output", "results.xlsx")]
    [InlineData("--output", "quote", "AAPL", "--output=quote.csv")]
    [InlineData("--port", "batch", "symbols.csv", "--port", "8080")]
    [InlineData("--per-minute must be between 1 and 1000000000; got 0.", "keys", "create", "risk-desk", "--per-minute", "0")]
    [InlineData("missing for command: 'create'", "keys", "create")]
    [InlineData("--key must be given with --server", "quote", "AAPL", "--key", "secret")]
    [InlineData("--consumer-key must be given with --server", "batch", "symbols.csv", "--consumer-key", "qk_secret")]
    [InlineData("--key must be given with --server", "keys", "list", "--key", "secret")]
    [InlineData("missing for command: 'revoke'", "keys", "revoke")]
    [InlineData("Required command was not provided", "keys")]
    [InlineData("--server must be an absolute http or https address", "quote", "AAPL", "--server", "ftp://somewhere")]
    public void Wrong_command_lines_are_refused_with_the_rule(string error, params string[] args) =>
        Assert.Contains(DevHostCommandLine.Create().Parse(args).Errors, found => found.Message.Contains(error, StringComparison.Ordinal));

    [Theory]
    [InlineData("--help")]
    [InlineData("quote", "--help")]
    [InlineData("batch", "-h")]
    [InlineData("check", "--help")]
    [InlineData("keys", "--help")]
    [InlineData("keys", "create", "--help")]
    [InlineData("--version")]
    public async Task Help_and_version_answer_for_each_command(params string[] args)
    {
        using var output = new StringWriter();

        var code = await DevHostCommandLine.Create().Parse(args).InvokeAsync(new() { Output = output });

        Assert.Equal(0, code);
        Assert.NotEmpty(output.ToString());
    }

    [Theory]
    [InlineData("Usage:\n  dotnet run --project src/DevHost -- [command] [options]", "--help")]
    [InlineData("Usage:\n  dotnet run --project src/DevHost -- quote <SYMBOL> [options]", "quote", "--help")]
    [InlineData("Usage:\n  dotnet run --project src/DevHost -- keys create <NAME> [options]", "keys", "create", "-h")]
    [InlineData("3 of check: a provider does not work, or a setting is misspelled.", "--help")]
    public async Task Help_has_the_command_that_users_type(string text, params string[] args)
    {
        using var output = new StringWriter();

        await DevHostCommandLine.Create().Parse(args).InvokeAsync(new() { Output = output });

        Assert.Contains(text, output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }
}
