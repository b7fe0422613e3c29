using Quorum.LocalServices.Processes;

namespace Quorum.ProviderSimulator.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("--port", "70000")]
    [InlineData("--plans", "golden")]
    [InlineData("--market", "never")]
    [InlineData("--scale", "-1")]
    [InlineData("--key", "nobody=key")]
    [InlineData("--nonsense", "1")]
    [InlineData("--port")]
    public void A_wrong_argument_is_refused_with_the_usage(params string[] args)
    {
        var refusal = Assert.Throws<FormatException>(() => SimulatorOptions.Parse(args));

        Assert.Contains(args[0], refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--market always|venue", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_good_keys_can_be_given()
    {
        await using var server = await SimulatorServer.StartAsync("--key", "finnhub=my-own", "--key", "alpaca=my-id:my-secret");

        Assert.Equal(200, (await server.FinnhubAsync("AAPL", "my-own")).Status);
        Assert.Equal(200, (await server.AlpacaAsync("snapshots?symbols=AAPL", "my-id", "my-secret")).Status);
        Assert.Equal(403, (await server.AlpacaAsync("snapshots?symbols=AAPL", "my-id", "sim-secret")).Status);
    }

    [Fact]
    public async Task The_process_prints_where_it_listens()
    {
        await using var process = await ChildProcess.StartAsync(
            new ChildCommand
            {
                Name = "The simulator",
                Program = "dotnet",
                Arguments = [Path.Combine(AppContext.BaseDirectory, "Quorum.ProviderSimulator.dll"), "--port", "0"],
                WhenParentDies = StopSignal.Kill,
            }
        );

        var line = await process.WaitForLineAsync(_ => true, TimeSpan.FromSeconds(60), CancellationToken.None);

        Assert.Matches(@"^listening on http://127\.0\.0\.1:\d+$", line);
    }
}
