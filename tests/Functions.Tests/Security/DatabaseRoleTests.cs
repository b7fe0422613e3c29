using System.Net;
using Npgsql;
using Quorum.Functions.Tests.Documentation;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.Security;

public sealed class DatabaseRoleTests
{
    [Fact]
    public async Task The_app_runs_with_the_role_that_the_documentation_gives_it_and_that_role_may_change_no_schema()
    {
        await using var owned = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using (await RunningApp.StartAsync(owned, simulator.Address))
        {
            // The owner's start applies the migrations.
        }

        var role = $"app_{owned.Name}";
        await owned.ExecuteAsync(
            OperationsPage
                .Block("sql")
                .Replace("quorum_app", role, StringComparison.Ordinal)
                .Replace("database quorum", $"database {owned.Name}", StringComparison.Ordinal)
        );
        var connection = new NpgsqlConnectionStringBuilder(owned.ConnectionString)
        {
            Username = role,
            Password = "choose-one",
        }.ConnectionString;
        try
        {
            await using (var app = await RunningApp.StartAsync(owned, simulator.Address, $"ConnectionStrings:Quorum={connection}"))
            {
                var answer = await app.GetAsync("quotes/T0300?budget=10000&maxAge=0");
                Assert.Equal(HttpStatusCode.OK, answer.Status);
                Assert.NotNull(answer.Value("instanceId"));
                await owned.WaitUntilAsync("select exists (select from quorum.quotes where symbol = 'T0300')");
                await owned.WaitUntilAsync("select count(*) = 6 from quorum.provider_quotes where symbol = 'T0300'");
            }

            await using var source = NpgsqlDataSource.Create(connection);
            foreach (
                var forbidden in (string[])
                    [
                        "create table quorum.x (y int)",
                        "drop table quorum.quotes",
                        "alter table taskhub.history add column x int",
                        "create schema x",
                        "create role x",
                    ]
            )
            {
                await using var command = source.CreateCommand(forbidden);
                Assert.Equal(
                    PostgresErrorCodes.InsufficientPrivilege,
                    (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState
                );
            }
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await owned.ExecuteAsync($"drop owned by {role}; drop role {role}");
        }
    }
}
