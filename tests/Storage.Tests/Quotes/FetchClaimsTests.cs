using Npgsql;
using Quorum.MarketData;

namespace Quorum.Storage.Tests.Quotes;

public sealed class FetchClaimsTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // Set before each test.
    private StorageOnDatabase _storage = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _storage = await StorageOnDatabase.MigratedAsync(_database);
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Each_of_many_concurrent_claims_of_one_call_is_granted_once()
    {
        await using var one = new FetchClaims(_storage.Database);
        await using var other = new FetchClaims(_storage.Database);
        FetchClaims[] processes = [one, other];

        var granted = await Task.WhenAll(
                Enumerable.Range(0, 100).Select(i => processes[i % 2].TakeAsync("one", ProviderId.All, CancellationToken.None))
            )
            .WithinAsync();

        Assert.Equal(ProviderId.All.Order(), granted.SelectMany(providers => providers).Order());
    }

    [Fact]
    public async Task Claims_that_wait_for_another_share_one_round_trip()
    {
        await using var claims = new FetchClaims(_storage.Database);
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (
            var command = new NpgsqlCommand(
                "insert into quorum.fetch_claims (instance_id, provider) values ('held', 'eodhd')",
                connection,
                transaction
            )
        )
        {
            await command.ExecuteNonQueryAsync();
        }

        var held = claims.TakeAsync("held", [ProviderId.Eodhd], CancellationToken.None);
        await _database.WaitUntilAsync(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())"
        );
        var waiting = Enumerable
            .Range(0, 50)
            .Select(i => claims.TakeAsync($"waiting-{i}", [ProviderId.Eodhd], CancellationToken.None))
            .ToArray();
        await transaction.CommitAsync();

        Assert.Empty(await held.WithinAsync());
        Assert.All(await Task.WhenAll(waiting).WithinAsync(), taken => Assert.Equal([ProviderId.Eodhd], taken));
        Assert.Equal(2, claims.Takes.Groups);
    }

    [Fact]
    public async Task An_outcome_is_found_by_instance_and_provider_once_it_is_saved()
    {
        await using var claims = new FetchClaims(_storage.Database);
        foreach (var instanceId in (string[])["one", "two"])
        {
            await claims.TakeAsync(instanceId, [ProviderId.Eodhd, ProviderId.Alpaca], CancellationToken.None);
        }

        await Task.WhenAll(
            claims.SaveOutcomeAsync("one", ProviderId.Eodhd, """{"n": 1}""", CancellationToken.None),
            claims.SaveOutcomeAsync("two", ProviderId.Alpaca, """{"n": 2}""", CancellationToken.None)
        );
        var found = await Task.WhenAll(
            claims.FindOutcomeAsync("one", ProviderId.Eodhd, CancellationToken.None),
            claims.FindOutcomeAsync("one", ProviderId.Alpaca, CancellationToken.None),
            claims.FindOutcomeAsync("two", ProviderId.Eodhd, CancellationToken.None),
            claims.FindOutcomeAsync("two", ProviderId.Alpaca, CancellationToken.None)
        );

        string?[] expected = ["""{"n": 1}""", null, null, """{"n": 2}"""];
        Assert.Equal(expected.AsEnumerable(), found);
    }
}
