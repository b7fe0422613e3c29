using Quorum.RequestTable;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class RequestTableTests
{
    /// <summary>The same program compares the Functions host with the same table.</summary>
    [Fact]
    public async Task Every_request_of_the_table_gets_the_recorded_answer()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using var app = await RunningApp.StartAsync(
            database,
            simulator.Address,
            "Functions:Authorization:Enabled=true",
            "Functions:Keys:Function:default=key-of-the-table"
        );
        using var runner = new TableRunner(app.Address, "standalone", "key-of-the-table");

        var (compared, differences) = await runner.CompareAsync(CancellationToken.None);

        Assert.Empty(differences);
        Assert.True(compared >= 60, $"{compared} requests");
    }
}
