using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Quorum.MarketData;

namespace Quorum.Storage.Tests.Roles;

/// <summary>The roles that infra/postgres makes on Azure. What makes an Entra identity a role there is stood in for by a function of its
/// name.</summary>
public sealed class LeastPrivilegeTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private const string Password = "a-token";

    private readonly string _app = $"id-quorum-{Guid.NewGuid():N}";
    private TestDatabase _database = null!; // Made before each test.

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync(
            $"""
            create function pgaadauth_create_principal(role text, is_admin boolean, is_mfa boolean) returns text language plpgsql as
            $$ begin execute format('create role %I login password %L', role, '{Password}'); return role; end $$
            """
        );
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await fixture.Database.ExecuteAsync($"""drop role if exists "{_app}" """);
    }

    [Fact]
    public async Task The_app_migrates_while_it_is_let_and_afterwards_reads_and_writes_and_creates_nothing()
    {
        await RunAsync("roles.sql");
        await RunAsync("migrations-on.sql");
        await using (var first = AsApp())
        {
            await new DatabaseMigrator(first).MigrateAsync(CancellationToken.None);
        }

        await RunAsync("migrations-off.sql");
        await using var database = AsApp();
        await new DatabaseMigrator(database).MigrateAsync(CancellationToken.None); // Nothing is missing.

        await using var quotes = new QuoteStore(database, Options.Create(new StorageOptions()), NullLogger<QuoteStore>.Instance);
        await quotes.SaveProviderQuoteAsync(
            Symbol.Parse("AAPL"),
            ProviderId.Finnhub,
            SampleQuotes.ProviderQuote(214.29m, SampleQuotes.Afternoon),
            CancellationToken.None
        );
        Assert.NotEmpty((await quotes.LoadReferenceAsync(Symbol.Parse("AAPL"), CancellationToken.None)).LastKnown);

        foreach (
            var forbidden in new[]
            {
                "create table quorum.mine (id int)",
                "create table public.mine (id int)",
                "drop table quorum.quotes",
                "alter table quorum.quotes add mine int",
                "create schema mine",
                "set role quorum_owner",
            }
        )
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database, forbidden));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }
    }

    [Theory]
    [InlineData("quorum")]
    [InlineData("taskhub")]
    public async Task Making_the_roles_again_changes_nothing(string schema)
    {
        await RunAsync("roles.sql");
        await RunAsync("roles.sql");

        Assert.True(
            await _database.QueryAsync<bool>(
                $"select has_schema_privilege('{_app}', '{schema}', 'usage') and not has_schema_privilege('{_app}', '{schema}', 'create')"
            )
        );
    }

    private async Task RunAsync(string script)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await PsqlScript.RunAsync(Path.Combine(AppContext.BaseDirectory, "postgres", script), connection, _app);
    }

    private QuorumDatabase AsApp()
    {
        var settings = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = _app, Password = Password };
        return new QuorumDatabase(Options.Create(new StorageOptions { ConnectionString = settings.ConnectionString }));
    }

    private static async Task ExecuteAsync(QuorumDatabase database, string statement)
    {
        await using var connection = await database.OpenDedicatedAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
