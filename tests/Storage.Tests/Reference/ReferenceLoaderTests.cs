using Microsoft.Extensions.Logging.Abstractions;
using Quorum.MarketData;

namespace Quorum.Storage.Tests.Reference;

public sealed class ReferenceLoaderTests : IAsyncLifetime
{
    private const string Header = "ticker,name,mic,isin,currency,finnhub,alpha-vantage,twelve-data,massive,alpaca,eodhd\n";

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
    public async Task A_changed_file_replaces_what_the_one_before_brought()
    {
        await LoadAsync("AAA,First,XNAS,,USD,AAA,,,,,\nBBB,Second,XNAS,,USD,BBB,,,,,\n");
        await LoadAsync("AAA,First renamed,XNAS,US0378331005,USD,,AAA,,,,\n");

        Assert.Equal(
            "AAA First renamed US0378331005",
            await _database.QueryAsync<string>("select string_agg(symbol || ' ' || name || ' ' || isin, ',') from quorum.instruments")
        );
        Assert.Equal("alpha-vantage", await _database.QueryAsync<string>("select string_agg(provider, ',') from quorum.provider_symbols"));
    }

    [Fact]
    public async Task Two_instruments_may_swap_their_spellings()
    {
        await LoadAsync("AAA,First,XNAS,,USD,ONE,,,,,\nBBB,Second,XNAS,,USD,TWO,,,,,\n");
        await LoadAsync("AAA,First,XNAS,,USD,TWO,,,,,\nBBB,Second,XNAS,,USD,ONE,,,,,\n");

        Assert.Equal(
            "TWO,ONE",
            await _database.QueryAsync<string>("select string_agg(provider_symbol, ',' order by symbol) from quorum.provider_symbols")
        );
    }

    [Fact]
    public async Task What_an_operator_added_or_took_over_stays()
    {
        await LoadAsync("AAA,First,XNAS,,USD,AAA,,,,,\n");
        await _database.ExecuteAsync(
            """
            insert into quorum.instruments (symbol, name, venue, currency) values ('MINE', 'Mine', 'XNAS', 'USD');
            insert into quorum.provider_symbols (symbol, provider, provider_symbol, unit) values ('MINE', 'finnhub', 'MINE', 'USD');
            update quorum.instruments set origin = 'manual', name = 'Taken over' where symbol = 'AAA';
            """
        );

        await LoadAsync("AAA,First again,XNAS,,USD,CHANGED,,,,,\nCCC,Third,XNAS,,USD,CCC,,,,,\n");

        Assert.Equal(
            "Taken over,Third,Mine",
            await _database.QueryAsync<string>("select string_agg(name, ',' order by symbol) from quorum.instruments")
        );
        Assert.Equal(
            "AAA,CCC,MINE",
            await _database.QueryAsync<string>("select string_agg(provider_symbol, ',' order by symbol) from quorum.provider_symbols")
        );
    }

    [Fact]
    public async Task The_catalogue_follows_the_tables()
    {
        await _storage.Catalogue.RefreshAsync(CancellationToken.None);
        Assert.False(_storage.Catalogue.Knows(Symbol.Parse("MINE")));

        await _database.ExecuteAsync(
            "insert into quorum.instruments (symbol, name, venue, currency) values ('MINE', 'Mine', 'XNAS', 'USD')"
        );
        await _storage.Catalogue.RefreshAsync(CancellationToken.None);

        Assert.Equal("Mine", _storage.Catalogue.Find(Symbol.Parse("MINE"))?.Name);
    }

    private async Task LoadAsync(string lines)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await ReferenceLoader.LoadIfChangedAsync(
            connection,
            ReferenceFile.Parse("instruments.csv", Header + lines),
            NullLogger.Instance,
            CancellationToken.None
        );
    }
}
