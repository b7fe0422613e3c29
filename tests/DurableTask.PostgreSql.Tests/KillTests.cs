using System.Collections.Concurrent;
using Quorum.HubKills.Kills;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>A process that is killed at a request to PostgreSQL, at each that a working process makes. Only counts are checked. The long
/// form, with a lease of 10 s and every moment of each request, is <c>bench/HubKills table</c>.</summary>
public sealed class KillTests
{
    private const int Lanes = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_process_killed_at_any_point_loses_and_doubles_nothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        KillPoint[] points = [.. KillPoint.All.Where((_, i) => i % 2 == 0)]; // of each request one or two of three moments
        var results = new ConcurrentBag<KillResult>();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(LaneAsync));

        Assert.Equal("", string.Join('\n', results.SelectMany(result => result.Problems.Select(problem => $"{result.Point}: {problem}"))));
        Assert.Empty(results.Where(result => !result.WasKilled).Select(result => result.Point));

        async Task LaneAsync(int lane)
        {
            var run = await KillRun.CreateAsync(database.DataSource, database.ConnectionString, $"hub_{lane}", TimeSpan.FromSeconds(2));
            while (Interlocked.Increment(ref next) is var i && i < points.Length)
            {
                results.Add(await run.RunAsync(i, points[i], pass: 1, Limit, CancellationToken.None));
            }
        }
    }
}
