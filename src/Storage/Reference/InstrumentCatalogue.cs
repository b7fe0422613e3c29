using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Npgsql;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The reference data in memory, for the request path. Loaded at start, and replaced as a whole when the tables change
/// (<see cref="InstrumentCatalogueRefresh"/>); empty before that.
/// </summary>
public sealed class InstrumentCatalogue(QuorumDatabase database) : IKnownInstruments
{
    private volatile Snapshot _snapshot = Snapshot.Empty;

    /// <summary>True if it has been loaded at least once.</summary>
    public bool IsLoaded => _snapshot.Version > 0;

    /// <summary>All instruments, ordered by symbol.</summary>
    public IReadOnlyList<Instrument> Instruments => _snapshot.Instruments;

    /// <summary>Reads a caller's text for an instrument, in any vendor's spelling.</summary>
    /// <param name="symbol">Canonical.</param>
    /// <param name="rule">The rule that the text breaks and the right spelling, for the caller.</param>
    public bool TryRead(string? text, out Symbol symbol, [NotNullWhen(false)] out string? rule) =>
        SymbolReader.TryRead(text, this, out symbol, out rule);

    public Symbol? FindIsin(string isin) => _snapshot.ByIsin.TryGetValue(isin, out var symbol) ? symbol : null;

    /// <param name="symbol">Canonical.</param>
    public bool Knows(Symbol symbol) => _snapshot.Entries.ContainsKey(symbol);

    /// <summary>Returns the instrument; <see langword="null"/> when the reference data lack the symbol.</summary>
    /// <param name="symbol">Canonical.</param>
    public Instrument? Find(Symbol symbol) => _snapshot.Entries.TryGetValue(symbol, out var entry) ? entry.Instrument : null;

    /// <summary>Returns the instruments that match a filter, ordered by symbol.</summary>
    /// <param name="after">The symbol after which to begin; <see langword="null"/> for the first.</param>
    /// <param name="limit">The maximum number.</param>
    public IReadOnlyList<Instrument> Search(InstrumentFilter filter, Symbol? after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var place = after?.ToString();
        var snapshot = _snapshot;
        Symbol? meant = TryRead(filter.Text, out var symbol, out _) ? symbol : null;
        var found = new List<Instrument>();
        foreach (var instrument in snapshot.Instruments)
        {
            if (found.Count == limit)
            {
                break;
            }

            if (
                (place is null || string.CompareOrdinal(instrument.Symbol.ToString(), place) > 0)
                && filter.Admits(instrument, snapshot.Entries[instrument.Symbol].Listings, meant)
            )
            {
                found.Add(instrument);
            }
        }

        return found;
    }

    /// <summary>
    /// Returns the instrument's listing at every provider that has one, in the order of <see cref="ProviderId.All"/>; empty when the
    /// reference data lack the symbol.
    /// </summary>
    /// <param name="symbol">Canonical.</param>
    public IReadOnlyList<ProviderListing> FindListings(Symbol symbol) =>
        _snapshot.Entries.TryGetValue(symbol, out var entry) ? entry.Listings : [];

    /// <summary>
    /// Returns the instrument's listing at the provider; <see langword="null"/> when it has none, or when the reference data lack the
    /// symbol (<see cref="Knows"/> distinguishes the two).
    /// </summary>
    /// <param name="symbol">Canonical.</param>
    public ProviderListing? FindListing(Symbol symbol, ProviderId provider)
    {
        if (_snapshot.Entries.TryGetValue(symbol, out var entry))
        {
            foreach (var listing in entry.Listings)
            {
                if (listing.Provider == provider)
                {
                    return listing;
                }
            }
        }

        return null;
    }

    /// <summary>Loads the tables unless their version is already loaded.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var version = await LoadVersionAsync(connection, cancellationToken);
        if (version != _snapshot.Version)
        {
            // A change between the two round trips is loaded under the older version, and so once more next time.
            _snapshot = await LoadAsync(connection, version, cancellationToken);
        }
    }

    private static async Task<long> LoadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select version from quorum.reference_version", connection);
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 1;
    }

    private static async Task<Snapshot> LoadAsync(NpgsqlConnection connection, long version, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("select symbol, name, venue, isin, currency from quorum.instruments order by symbol"),
                new NpgsqlBatchCommand("select symbol, provider, provider_symbol, unit from quorum.provider_symbols"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var instruments = new List<Instrument>();
        while (await reader.ReadAsync(cancellationToken))
        {
            instruments.Add(InstrumentRow.Read(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        var spellings = new List<(Symbol Symbol, ProviderId Provider, string ProviderSymbol, string? Unit)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (ProviderId.TryParse(reader.GetString(1), out var provider))
            {
                spellings.Add(
                    (
                        Symbol.Parse(reader.GetString(0)),
                        provider,
                        reader.GetString(2),
                        reader.GetString(3) is { Length: > 0 } unit ? unit : null
                    )
                );
            }
        }

        return Snapshot.Create(version, instruments, spellings);
    }

    private sealed record Entry(Instrument Instrument, ProviderListing[] Listings);

    private sealed record Snapshot(
        long Version,
        IReadOnlyList<Instrument> Instruments,
        FrozenDictionary<Symbol, Entry> Entries,
        FrozenDictionary<string, Symbol> ByIsin
    )
    {
        public static Snapshot Empty { get; } = new(0, [], FrozenDictionary<Symbol, Entry>.Empty, FrozenDictionary<string, Symbol>.Empty);

        public static Snapshot Create(
            long version,
            List<Instrument> instruments,
            List<(Symbol Symbol, ProviderId Provider, string ProviderSymbol, string? Unit)> spellings
        )
        {
            var bySymbol = spellings.ToLookup(spelling => spelling.Symbol);
            var entries = instruments.ToFrozenDictionary(
                instrument => instrument.Symbol,
                instrument => new Entry(
                    instrument,
                    [
                        .. bySymbol[instrument.Symbol]
                            .OrderBy(spelling => PlaceOf(spelling.Provider))
                            .Select(spelling => new ProviderListing
                            {
                                Provider = spelling.Provider,
                                Symbol = instrument.Symbol,
                                ProviderSymbol = spelling.ProviderSymbol,
                                Unit = spelling.Unit,
                                Venue = instrument.Venue,
                                Currency = instrument.Currency,
                            }),
                    ]
                )
            );

            var byIsin = instruments
                .Where(instrument => instrument.Isin is not null)
                .GroupBy(instrument => instrument.Isin!, StringComparer.Ordinal)
                .ToFrozenDictionary(listings => listings.Key, Home, StringComparer.Ordinal);
            return new Snapshot(version, instruments, entries, byIsin);
        }

        /// <summary>Returns the listing in the country of the ISIN, else the US one, else the first by symbol.</summary>
        private static Symbol Home(IGrouping<string, Instrument> listings) =>
            listings
                .OrderByDescending(listing => Venue.Find(listing.Venue)?.Country == listings.Key[..2])
                .ThenByDescending(listing => listing.Symbol.Venue is null)
                .ThenBy(listing => listing.Symbol.ToString(), StringComparer.Ordinal)
                .First()
                .Symbol;

        private static int PlaceOf(ProviderId provider)
        {
            var place = 0;
            while (place < ProviderId.All.Count && ProviderId.All[place] != provider)
            {
                place++;
            }

            return place;
        }
    }
}
