using Quorum.HubKills.Seeds;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Requests to PostgreSQL that are rejected, lost, or answered by a broken connection after their commit, as a seed chooses. The
/// long form is <c>bench/HubKills seeds</c>.</summary>
public sealed class SeededFaultTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Faults_at_every_kind_of_request_lose_stop_and_double_nothing(int lane)
    {
        await using var database = await TestDatabase.CreateAsync();
        var run = await SeedRun.CreateAsync(database.DataSource, database.ConnectionString, $"hub_{lane}");

        foreach (var seed in Enumerable.Range(1 + (6 * lane), 6))
        {
            var result = await run.RunAsync(seed, CancellationToken.None);

            Assert.Empty(result.Problems.Select(problem => $"seed {seed}: {problem}"));
            Assert.NotEmpty(result.Faults);
        }
    }
}
