using System.Text.Json.Nodes;
using Npgsql;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Histories recorded by released versions, in <c>Histories/</c>: today's orchestrators must still follow them. Changing a
/// released orchestrator means keeping these, or a new name.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData("AggregateQuote-1", 236.98, 236.99)] // by the rules of merging of today the output differs in the last digit
    [InlineData("AggregateQuote-2", 216.28, 216.28)]
    public async Task A_recorded_history_is_followed_to_its_end(string recording, decimal published, decimal output)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using (await RunningApp.StartAsync(database, simulator.Address))
        {
            // Creates the task hub.
        }

        var instanceId = await InsertUnfinishedAsync(database, recording);
        await using var app = await RunningApp.StartAsync(database, simulator.Address);
        await database.WaitUntilAsync(
            $"select exists (select from taskhub.instances where instance_id = '{instanceId}' and completed_at is not null)"
        );

        var answer = await app.GetAsync($"/runtime/webhooks/durabletask/instances/{instanceId}");
        Assert.Equal("Completed", answer.Value("runtimeStatus"));
        Assert.Equal("complete", answer.Value("output", "completeness"));

        // What was to be published is published as it was recorded. The output is made anew.
        Assert.Equal(
            published,
            await database.QueryAsync<decimal>($"select price from quorum.quotes where id = '{instanceId}' and completeness = 'complete'")
        );
        Assert.Equal(output, (decimal)answer.Json["output"]!["price"]!);
        Assert.Equal(
            recording is "AggregateQuote-2" ? 3 : null,
            await database.QueryAsync<short?>(
                $"select max(agreeing) from quorum.quotes where id like '{instanceId}.%' and completeness = 'agreed'"
            )
        );
    }

    /// <summary>As the crash of a process leaves it.</summary>
    private static async Task<string> InsertUnfinishedAsync(TestDatabase database, string recording)
    {
        var recorded = JsonNode
            .Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Histories", recording + ".json")))!
            .AsObject();
        var instanceId = recorded["instanceId"]!.ToString(); // Each recording has its members.
        await using var instance = database.DataSource.CreateCommand(
            """
            insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, wake_at, input)
            values ($1, 0, $2, 'Running', now(), now(), now(), $3)
            """
        );
        instance.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        instance.Parameters.Add(new NpgsqlParameter<string> { TypedValue = recorded["name"]!.ToString() });
        instance.Parameters.Add(new NpgsqlParameter<string> { TypedValue = recorded["input"]!.ToJsonString() });
        await instance.ExecuteNonQueryAsync();

        await using var history = database.DataSource.CreateCommand(
            "insert into taskhub.history (instance_id, generation, sequence, events) values ($1, 0, 0, $2)"
        );
        history.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        history.Parameters.Add(new NpgsqlParameter<string> { TypedValue = recorded["events"]!.ToJsonString() });
        await history.ExecuteNonQueryAsync();
        return instanceId;
    }
}
