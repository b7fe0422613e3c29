using Quorum.MarketData;

namespace Quorum.Storage.Tests.Quotes;

public sealed class PublishedQuoteTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = SampleQuotes.Afternoon;
    private static int _symbols;

    private readonly string _symbol = $"P{Interlocked.Increment(ref _symbols)}";
    private StorageOnDatabase _storage = null!; // Set before each test.

    public async Task InitializeAsync() => _storage = await StorageOnDatabase.MigratedAsync(fixture.Database);

    public async Task DisposeAsync() => await _storage.DisposeAsync();

    [Fact]
    public async Task A_published_quote_is_found_by_its_instance_as_it_was()
    {
        var quote = SampleQuotes.Published(
            $"{_symbol}-1",
            _symbol,
            Noon,
            1234.5678m,
            Completeness.Partial,
            document: """{"name":"Moët £"}"""
        );
        await PublishAsync(quote);

        var found = await _storage.Quotes.FindAsync(quote.InstanceId, CancellationToken.None);

        Assert.Equal(quote with { Document = default }, found! with { Document = default });
        Assert.Equal("""{"name":"Moët £"}""", found.Text());
    }

    [Fact]
    public async Task The_inputs_of_a_merge_are_found_with_their_quote_where_they_are_known()
    {
        await PublishAsync(SampleQuotes.Published($"{_symbol}-1", _symbol, Noon) with { Merge = """{"rules":1}"""u8.ToArray() });
        await PublishAsync(SampleQuotes.Published($"{_symbol}-2", _symbol, Noon));

        var with = await _storage.Quotes.FindMergeAsync($"{_symbol}-1", CancellationToken.None);
        var without = await _storage.Quotes.FindMergeAsync($"{_symbol}-2", CancellationToken.None);

        Assert.Equal("""{"rules":1}""", System.Text.Encoding.UTF8.GetString(with!.Merge!.Value.Span));
        Assert.Equal((_symbol, null), (without!.Symbol.ToString(), without.Merge));
        Assert.Null(await _storage.Quotes.FindMergeAsync("never", CancellationToken.None));
    }

    [Fact]
    public async Task A_quote_of_a_process_whose_clock_is_ahead_hides_no_other()
    {
        await PublishAsync(SampleQuotes.Published($"{_symbol}-1", _symbol, Noon));
        await PublishAsync(SampleQuotes.Published($"{_symbol}-2", _symbol, Noon.AddMinutes(5)));

        var current = await LatestAsync(now: Noon);
        var later = await LatestAsync(now: Noon.AddMinutes(5));

        Assert.Equal(($"{_symbol}-1", $"{_symbol}-2"), (current!.InstanceId, later!.InstanceId));
    }

    [Fact]
    public async Task An_instance_that_published_nothing_is_not_found() =>
        Assert.Null(await _storage.Quotes.FindAsync("never", CancellationToken.None));

    [Fact]
    public async Task A_second_publication_of_an_instance_changes_nothing()
    {
        await PublishAsync(SampleQuotes.Published($"{_symbol}-1", _symbol, Noon, 1));
        await PublishAsync(SampleQuotes.Published($"{_symbol}-1", _symbol, Noon.AddSeconds(1), 2));

        var found = await _storage.Quotes.FindAsync($"{_symbol}-1", CancellationToken.None);
        Assert.Equal((1, Noon), (found?.Price, found?.PublishedAt));
    }

    [Fact]
    public async Task A_quote_that_a_caller_elsewhere_waits_for_does_not_wait_for_others_of_its_group()
    {
        await using var patient = StorageOnDatabase.Over(fixture.Database, options => options.BatchDelay = TimeSpan.FromMinutes(5));
        var quote = SampleQuotes.Published($"{_symbol}-1", _symbol, Noon);

        await patient.Quotes.PublishAsync(quote, announce: true, CancellationToken.None).WithinAsync();

        Assert.NotNull(await _storage.Quotes.FindAsync(quote.InstanceId, CancellationToken.None));
    }

    [Fact]
    public async Task One_instance_published_by_many_at_once_is_stored_once()
    {
        await using var other = StorageOnDatabase.Over(fixture.Database);
        await Task.WhenAll(
                Enumerable
                    .Range(0, 100)
                    .Select(i =>
                        (i % 2 == 0 ? _storage : other).Quotes.PublishAsync(
                            SampleQuotes.Published($"{_symbol}-1", _symbol, Noon),
                            announce: i % 3 == 0,
                            CancellationToken.None
                        )
                    )
            )
            .WithinAsync();

        Assert.Single((await HistoryAsync()).Quotes);
    }

    [Fact]
    public async Task A_thousand_publications_at_once_are_few_commits()
    {
        var before = _storage.Quotes.Published;
        await Task.WhenAll(
                Enumerable.Range(0, 1000).Select(i => PublishAsync(SampleQuotes.Published($"{_symbol}-{i}", _symbol, Noon.AddSeconds(i))))
            )
            .WithinAsync();

        Assert.Equal(1000, _storage.Quotes.Published.Items - before.Items);
        Assert.InRange(_storage.Quotes.Published.Groups - before.Groups, 1, 100);
    }

    [Fact]
    public async Task A_document_of_several_megabytes_is_kept_whole()
    {
        var text = $"\"{new string('x', 3_000_000)}\"";
        await PublishAsync(SampleQuotes.Published($"{_symbol}-1", _symbol, Noon, document: text));

        Assert.Equal(text, (await _storage.Quotes.FindAsync($"{_symbol}-1", CancellationToken.None))?.Text());
    }

    [Fact]
    public async Task A_document_that_postgresql_refuses_fails_its_own_caller_only()
    {
        var good = Enumerable.Range(0, 20).Select(i => PublishAsync(SampleQuotes.Published($"{_symbol}-{i}", _symbol, Noon))).ToArray();
        var bad = PublishAsync(SampleQuotes.Published($"{_symbol}-bad", _symbol, Noon, document: "a\0b"));

        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => bad.WithinAsync());
        Assert.Equal("22021", refusal.SqlState); // invalid byte sequence
        await Task.WhenAll(good).WithinAsync();
    }

    [Fact]
    public async Task The_latest_quote_is_the_one_published_last()
    {
        await PublishAsync(SampleQuotes.Published($"{_symbol}-2", _symbol, Noon.AddSeconds(2)));
        await PublishAsync(SampleQuotes.Published($"{_symbol}-1", _symbol, Noon.AddSeconds(1)));
        await PublishAsync(SampleQuotes.Published($"{_symbol}-other", _symbol + ":XLON", Noon.AddSeconds(3)));

        Assert.Equal($"{_symbol}-2", (await LatestAsync())?.InstanceId);
    }

    [Fact]
    public async Task A_quote_of_chosen_providers_without_a_price_or_of_stored_quotes_only_stands_for_no_symbol()
    {
        await PublishAsync(SampleQuotes.Published($"{_symbol}-0", _symbol, Noon, completeness: Completeness.Partial));
        PublishedQuote[] none =
        [
            SampleQuotes.Published($"{_symbol}-1", _symbol, Noon.AddSeconds(1), allProviders: false),
            SampleQuotes.Published($"{_symbol}-2", _symbol, Noon.AddSeconds(2), price: null),
            SampleQuotes.Published($"{_symbol}-3", _symbol, Noon.AddSeconds(3), completeness: Completeness.Stale),
        ];
        foreach (var quote in none)
        {
            Assert.False(quote.CanStandForSymbol);
            await PublishAsync(quote);
            Assert.NotNull(await _storage.Quotes.FindAsync(quote.InstanceId, CancellationToken.None));
        }

        Assert.Equal($"{_symbol}-0", (await LatestAsync())?.InstanceId);
        Assert.Single((await HistoryAsync()).Quotes);
    }

    [Fact]
    public async Task A_quote_on_which_some_agreed_is_the_latest_for_those_who_asked_for_so_many_until_the_complete_one_is_there()
    {
        await PublishAsync(SampleQuotes.Published($"{_symbol}-1", _symbol, Noon));
        var agreed = SampleQuotes.Published($"{_symbol}-2.agreed-3", _symbol, Noon.AddSeconds(1), agreeing: 3);
        await PublishAsync(agreed);

        Assert.False(agreed.CanStandForSymbol);
        Assert.Equal(
            agreed with
            {
                Document = default,
            },
            await LatestAsync(agree: 3) is { } latest ? latest with { Document = default } : null
        );
        Assert.Equal($"{_symbol}-2.agreed-3", (await LatestAsync(agree: 2))?.InstanceId);
        Assert.Equal($"{_symbol}-1", (await LatestAsync(agree: 4))?.InstanceId);
        Assert.Equal($"{_symbol}-1", (await LatestAsync())?.InstanceId);

        await PublishAsync(SampleQuotes.Published($"{_symbol}-2", _symbol, Noon.AddSeconds(2), completeness: Completeness.Partial));
        Assert.Equal($"{_symbol}-2", (await LatestAsync(agree: 2))?.InstanceId);
        Assert.Equal(
            [$"{_symbol}-2", $"{_symbol}-2.agreed-3", $"{_symbol}-1"],
            (await HistoryAsync()).Quotes.Select(quote => quote.InstanceId)
        );
    }

    [Fact]
    public async Task A_symbol_without_quotes_has_no_latest_and_an_empty_history()
    {
        Assert.Null(await LatestAsync());
        var page = await HistoryAsync();
        Assert.Empty(page.Quotes);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task History_is_read_page_by_page_newest_first_and_without_gap_or_repetition()
    {
        // Several in one microsecond: the instance decides their order.
        for (var i = 0; i < 25; i++)
        {
            await PublishAsync(SampleQuotes.Published($"{_symbol}-{i:00}", _symbol, Noon.AddSeconds(i / 4)));
        }

        var seen = new List<string>();
        HistoryCursor? cursor = null;
        do
        {
            var page = await HistoryAsync(limit: 7, cursor: cursor);
            Assert.InRange(page.Quotes.Count, 1, 7);
            seen.AddRange(page.Quotes.Select(quote => quote.InstanceId));
            if (seen.Count == 7)
            {
                await PublishAsync(SampleQuotes.Published($"{_symbol}-later", _symbol, Noon.AddHours(1)));
            }

            Assert.True(page.Next is null || HistoryCursor.TryParse(page.Next.ToString(), out var read) && read == page.Next);
            cursor = page.Next;
        } while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"{_symbol}-{i:00}"), seen);
    }

    [Fact]
    public async Task History_begins_at_its_first_instant_and_ends_before_its_last()
    {
        for (var i = 0; i < 5; i++)
        {
            await PublishAsync(SampleQuotes.Published($"{_symbol}-{i}", _symbol, Noon.AddSeconds(i)));
        }

        var page = await HistoryAsync(Noon.AddSeconds(1), Noon.AddSeconds(4));

        Assert.Equal([$"{_symbol}-3", $"{_symbol}-2", $"{_symbol}-1"], page.Quotes.Select(quote => quote.InstanceId));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("12")]
    [InlineData("12-")]
    [InlineData("-12-a")]
    [InlineData("1e3-a")]
    [InlineData("99999999999999999999999-a")]
    [InlineData("315537897600000001-a")]
    [InlineData("12-a\0b")]
    public void An_invented_cursor_is_rejected(string? text) => Assert.False(HistoryCursor.TryParse(text, out _));

    private Task PublishAsync(PublishedQuote quote) => _storage.Quotes.PublishAsync(quote, announce: false, CancellationToken.None);

    private Task<PublishedQuote?> LatestAsync(int? agree = null, DateTimeOffset? now = null) =>
        _storage.Quotes.FindLatestAsync(Symbol.Parse(_symbol), agree, now ?? Noon.AddDays(1), CancellationToken.None);

    private Task<QuoteHistoryPage> HistoryAsync(
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        int limit = 100,
        HistoryCursor? cursor = null
    ) =>
        _storage.Quotes.LoadHistoryAsync(
            Symbol.Parse(_symbol),
            from ?? Noon.AddDays(-1),
            to ?? Noon.AddDays(1),
            limit,
            cursor,
            CancellationToken.None
        );
}
