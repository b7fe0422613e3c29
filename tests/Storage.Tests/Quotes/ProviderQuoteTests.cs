using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using Quorum.MarketData;

namespace Quorum.Storage.Tests.Quotes;

public sealed class ProviderQuoteTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = SampleQuotes.Afternoon;
    private static int _symbols;

    private readonly Symbol _symbol = Symbol.Parse($"S{Interlocked.Increment(ref _symbols)}");
    private StorageOnDatabase _storage = null!; // Set before each test.

    public async Task InitializeAsync() => _storage = await StorageOnDatabase.MigratedAsync(fixture.Database);

    public async Task DisposeAsync() => await _storage.DisposeAsync();

    [Fact]
    public async Task A_saved_quote_comes_back_as_it_was()
    {
        var quote = SampleQuotes.ProviderQuote(214.29m, Noon.AddTicks(1234567), Noon) with
        {
            SingleVenue = true,
            Suspect = null,
            ChangePercent = -0.7917m,
        };
        await SaveAsync(quote);

        Assert.Equal(quote, await LastKnownAsync());
    }

    [Fact]
    public async Task A_later_quote_replaces_the_one_before()
    {
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon, Noon));
        await SaveAsync(SampleQuotes.ProviderQuote(2, Noon.AddSeconds(1), Noon.AddSeconds(1)));

        Assert.Equal(2, (await LastKnownAsync())?.Price);
    }

    [Fact]
    public async Task An_older_quote_never_replaces_a_newer_one()
    {
        await SaveAsync(SampleQuotes.ProviderQuote(2, Noon, Noon));
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon.AddSeconds(5), Noon.AddSeconds(-1)));

        Assert.Equal(2, (await LastKnownAsync())?.Price);
    }

    [Fact]
    public async Task Without_a_venues_time_the_one_received_later_is_the_newer()
    {
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon));
        await SaveAsync(SampleQuotes.ProviderQuote(2, Noon.AddSeconds(1)));
        await SaveAsync(SampleQuotes.ProviderQuote(3, Noon.AddSeconds(-1)));

        Assert.Equal(2, (await LastKnownAsync())?.Price);
    }

    [Fact]
    public async Task The_same_quote_received_again_is_kept_with_its_new_time_of_receipt()
    {
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon, Noon));
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon.AddHours(1), Noon));

        Assert.Equal(Noon.AddHours(1), (await LastKnownAsync())?.ReceivedAt);
    }

    [Fact]
    public async Task A_suspect_quote_never_replaces_a_usable_one_nor_stands_in_its_way()
    {
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon, Noon));
        await SaveAsync(SampleQuotes.ProviderQuote(999, Noon.AddSeconds(1), Noon.AddYears(1), suspect: "time in the future"));
        Assert.Equal(1, (await LastKnownAsync())?.Price);

        var other = Symbol.Parse("OTHER");
        await SaveAsync(SampleQuotes.ProviderQuote(999, Noon, Noon.AddYears(1), suspect: "time in the future"), other);
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon.AddSeconds(1), Noon), other);
        Assert.Equal(1, (await LastKnownAsync(other))?.Price);
    }

    [Fact]
    public async Task A_quote_without_a_price_never_replaces_one_that_has_it()
    {
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon, Noon));
        await SaveAsync(SampleQuotes.ProviderQuote(null, Noon.AddSeconds(1), Noon.AddSeconds(1)));

        Assert.Equal(1, (await LastKnownAsync())?.Price);
    }

    [Fact]
    public async Task Each_provider_has_a_last_known_quote_of_its_own()
    {
        foreach (var provider in ProviderId.All)
        {
            await _storage.Quotes.SaveProviderQuoteAsync(
                _symbol,
                provider,
                SampleQuotes.ProviderQuote(1, Noon, Noon),
                CancellationToken.None
            );
        }

        var reference = await _storage.Quotes.LoadReferenceAsync(_symbol, CancellationToken.None);

        Assert.Null(reference.Instrument);
        Assert.Equal(ProviderId.All.Order(), reference.LastKnown.Select(known => known.Provider).Order());
    }

    [Fact]
    public async Task Reference_data_hold_the_instrument()
    {
        var reference = await _storage.Quotes.LoadReferenceAsync(Symbol.Parse("VOD:XLON"), CancellationToken.None);

        Assert.Equal(
            ("Vodafone Group Plc", "XLON", "GB00BH4HKS39"),
            (reference.Instrument?.Name, reference.Instrument?.Venue.ToString(), reference.Instrument?.Isin)
        );
        Assert.Empty(reference.LastKnown);
    }

    [Fact]
    public async Task A_symbol_never_heard_of_has_empty_reference_data()
    {
        var reference = await _storage.Quotes.LoadReferenceAsync(Symbol.Parse("NEVER"), CancellationToken.None);

        Assert.Null(reference.Instrument);
        Assert.Empty(reference.LastKnown);
    }

    [Fact]
    public async Task A_thousand_callers_at_once_are_a_handful_of_commits()
    {
        await _storage.Quotes.SaveProviderQuoteAsync(
            _symbol,
            ProviderId.Finnhub,
            SampleQuotes.ProviderQuote(1, Noon, Noon),
            CancellationToken.None
        );
        await using var gate = await LockTableAsync();
        var before = _storage.Quotes.Saved;

        var callers = Enumerable
            .Range(0, 1000)
            .Select(i =>
                _storage.Quotes.SaveProviderQuoteAsync(
                    Symbol.Parse($"M{i % 100}"),
                    ProviderId.All[i % 6],
                    SampleQuotes.ProviderQuote(i, Noon.AddSeconds(i), Noon.AddSeconds(i)),
                    CancellationToken.None
                )
            )
            .ToArray();
        await gate.ReleaseAsync();
        await Task.WhenAll(callers).WithinAsync();

        var after = _storage.Quotes.Saved;
        Assert.Equal(1000, after.Items - before.Items);
        Assert.InRange(after.Groups - before.Groups, 1, 10);
        Assert.Equal(996, (await LastKnownAsync(Symbol.Parse("M96"), ProviderId.All[996 % 6]))?.Price);
    }

    [Fact]
    public async Task A_thousand_readers_at_once_are_a_handful_of_round_trips()
    {
        await using var gate = await LockTableAsync();
        var before = _storage.Quotes.Loaded;

        var symbols = new[] { "AAPL", "VOD:XLON", "NEVER" }.Select(Symbol.Parse).ToArray();
        var callers = Enumerable
            .Range(0, 1000)
            .Select(i => _storage.Quotes.LoadReferenceAsync(symbols[i % 3], CancellationToken.None))
            .ToArray();
        await gate.ReleaseAsync();
        var found = await Task.WhenAll(callers).WithinAsync();

        Assert.InRange(_storage.Quotes.Loaded.Groups - before.Groups, 1, 10);
        Assert.All(
            found.Index(),
            caller => Assert.Equal(caller.Index % 3 == 2 ? null : symbols[caller.Index % 3], caller.Item.Instrument?.Symbol)
        );
    }

    [Fact]
    public async Task Two_processes_that_save_the_same_keys_never_deadlock()
    {
        await using var other = StorageOnDatabase.Over(fixture.Database, options => options.SaveLanes = 4);
        var random = new Random(7);
        var saves = Enumerable
            .Range(0, 4000)
            .Select(i =>
                (
                    Store: i % 2 == 0 ? _storage.Quotes : other.Quotes,
                    Symbol: Symbol.Parse($"D{random.Next(50)}"),
                    Provider: ProviderId.All[random.Next(6)]
                )
            )
            .ToArray();

        await Task.WhenAll(
                saves.Select(
                    (save, i) =>
                        save.Store.SaveProviderQuoteAsync(
                            save.Symbol,
                            save.Provider,
                            SampleQuotes.ProviderQuote(i, Noon.AddSeconds(i), Noon.AddSeconds(i)),
                            CancellationToken.None
                        )
                )
            )
            .WithinAsync();

        Assert.Equal(
            0,
            await fixture.Database.QueryAsync<long>("select deadlocks from pg_stat_database where datname = current_database()")
        );
    }

    [Fact]
    public async Task Connections_that_broke_while_idle_do_not_fail_callers()
    {
        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon, Noon));
        await _storage.Quotes.LoadReferenceAsync(_symbol, CancellationToken.None);
        await TerminatePoolAsync();

        await SaveAsync(SampleQuotes.ProviderQuote(2, Noon.AddSeconds(1), Noon.AddSeconds(1)));

        Assert.Equal(2, (await LastKnownAsync())?.Price);
    }

    [Fact]
    public async Task A_failing_group_fails_its_callers_and_the_next_one_is_carried()
    {
        await fixture.Database.ExecuteAsync("alter table quorum.provider_quotes rename to away");
        try
        {
            var callers = Enumerable.Range(0, 5).Select(i => SaveAsync(SampleQuotes.ProviderQuote(i, Noon, Noon))).ToArray();
            foreach (var caller in callers)
            {
                var refusal = await Assert.ThrowsAsync<PostgresException>(() => caller.WithinAsync());
                Assert.Equal(PostgresErrorCodes.UndefinedTable, refusal.SqlState);
            }
        }
        finally
        {
            await fixture.Database.ExecuteAsync("alter table quorum.away rename to provider_quotes");
        }

        await SaveAsync(SampleQuotes.ProviderQuote(1, Noon, Noon));
        Assert.Equal(1, (await LastKnownAsync())?.Price);
    }

    [Fact]
    public async Task A_kept_quote_is_stored_by_the_time_the_store_is_closed()
    {
        await using (var storage = StorageOnDatabase.Over(fixture.Database))
        {
            storage.Quotes.KeepProviderQuote(_symbol, ProviderId.Finnhub, SampleQuotes.ProviderQuote(7, Noon, Noon));
        }

        Assert.Equal(7, (await LastKnownAsync())?.Price);
    }

    [Fact]
    public async Task Kept_quotes_that_cannot_be_stored_are_logged_with_their_number()
    {
        var log = new FakeLogger<QuoteStore>();
        await using var storage = StorageOnDatabase.Over(fixture.Database, log: log);
        await fixture.Database.ExecuteAsync("alter table quorum.provider_quotes rename to away");
        try
        {
            storage.Quotes.KeepProviderQuote(_symbol, ProviderId.Finnhub, SampleQuotes.ProviderQuote(1, Noon, Noon));
            var logged = await log.Collector.FirstAsync();
            Assert.Equal((1509, "1 quotes of providers could not be stored."), (logged.Id.Id, logged.Message));
        }
        finally
        {
            await fixture.Database.ExecuteAsync("alter table quorum.away rename to provider_quotes");
        }
    }

    [Fact]
    public async Task Quotes_that_find_the_queue_full_are_dropped_which_is_logged_once()
    {
        var log = new FakeLogger<QuoteStore>();
        await using var gate = await LockTableAsync();
        await using var storage = StorageOnDatabase.Over(
            fixture.Database,
            options => (options.LargestGroup, options.WaitingItems) = (1, 1),
            log
        );

        for (var i = 0; i < 50; i++) // one under way at most, and one in the queue
        {
            storage.Quotes.KeepProviderQuote(Symbol.Parse($"FULL{i}"), ProviderId.Finnhub, SampleQuotes.ProviderQuote(i, Noon, Noon));
        }

        Assert.Equal((1510, 1), ((await log.Collector.FirstAsync()).Id.Id, log.Collector.Count));
        await gate.ReleaseAsync();
    }

    [Fact]
    public async Task The_statements_are_prepared_and_planned_once()
    {
        for (var i = 0; i < 3; i++)
        {
            await SaveAsync(SampleQuotes.ProviderQuote(1, Noon, Noon));
            await _storage.Quotes.LoadReferenceAsync(_symbol, CancellationToken.None);
        }

        await using var connection = await _storage.Database.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(
            "select count(*) from pg_prepared_statements where statement ~ 'provider_quotes' and generic_plans >= 2 and custom_plans = 0",
            connection
        );
        Assert.Equal(2L, await command.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("select quote from quorum.provider_quotes where symbol = any ('{A,B,C}')")]
    [InlineData("select name from quorum.instruments where symbol = any ('{A,B,C}')")]
    public async Task A_table_that_is_still_empty_is_read_through_its_index(string statement)
    {
        await using var connection = await _storage.Database.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand($"explain {statement}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            Assert.DoesNotContain("Seq Scan", reader.GetString(0), StringComparison.Ordinal);
        }
    }

    private Task SaveAsync(ProviderQuote quote, Symbol? symbol = null) =>
        _storage.Quotes.SaveProviderQuoteAsync(symbol ?? _symbol, ProviderId.Finnhub, quote, CancellationToken.None);

    private async Task<ProviderQuote?> LastKnownAsync(Symbol? symbol = null, ProviderId? provider = null)
    {
        var reference = await _storage.Quotes.LoadReferenceAsync(symbol ?? _symbol, CancellationToken.None);
        return reference.LastKnown.SingleOrDefault(known => known.Provider == (provider ?? ProviderId.Finnhub))?.Quote;
    }

    private Task TerminatePoolAsync() =>
        fixture.Database.ExecuteAsync(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and application_name = 'quorum'"
        );

    /// <summary>Holds the table, so that the first group stays on its way until released and the others collect behind it.</summary>
    private async Task<TableLock> LockTableAsync()
    {
        var connection = await fixture.Database.DataSource.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("lock table quorum.provider_quotes in access exclusive mode", connection, transaction);
        await command.ExecuteNonQueryAsync();
        return new TableLock(connection, transaction);
    }

    private sealed class TableLock(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public Task ReleaseAsync() => transaction.CommitAsync();

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
