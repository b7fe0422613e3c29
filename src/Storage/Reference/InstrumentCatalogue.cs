using System.Collections.Frozen;
using Npgsql;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The reference data in memory: what the request path asks without a round trip. Loaded at start, and replaced as a whole when the tables change
/// (<see cref="InstrumentCatalogueRefresh"/>); empty before that.
/// </summary>
public sealed class InstrumentCatalogue(QuorumDatabase database)
{
    private volatile Snapshot _snapshot = Snapshot.Empty;

    /// <summary>Whether it has been loaded at least once.</summary>
    public bool IsLoaded => _snapshot.Version > 0;

    /// <summary>All instruments, ordered by symbol.</summary>
    public IReadOnlyList<Instrument> Instruments => _snapshot.Instruments;

    /// <summary>The one symbol under which an instrument is kept: a US venue falls away (<c>AAPL:XNAS</c> is <c>AAPL</c>, whichever US venue is named:
    /// it is one market), a segment becomes its operating venue, and a hyphen in a class share's ticker becomes a point where only that is known
    /// (<c>BRK-B</c> is <c>BRK.B</c>).</summary>
    public Symbol Canonicalize(Symbol symbol)
    {
        var snapshot = _snapshot;
        var canonical = CanonicalVenue.Of(symbol);
        return snapshot.Entries.ContainsKey(canonical) || !snapshot.Aliases.TryGetValue(canonical, out var meant) ? canonical : meant;
    }

    /// <param name="symbol">Canonical.</param>
    public bool Knows(Symbol symbol) => _snapshot.Entries.ContainsKey(symbol);

    /// <summary><see langword="null"/> when the reference data lack the symbol.</summary>
    /// <param name="symbol">Canonical.</param>
    public Instrument? Find(Symbol symbol) => _snapshot.Entries.TryGetValue(symbol, out var entry) ? entry.Instrument : null;

    /// <summary>The instruments that a filter admits, ordered by symbol.</summary>
    /// <param name="after">Only those behind it in the order; <see langword="null"/> from the first.</param>
    /// <param name="limit">As many at most.</param>
    public IReadOnlyList<Instrument> Search(InstrumentFilter filter, Symbol? after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var place = after?.ToString();
        var found = new List<Instrument>();
        foreach (var instrument in _snapshot.Instruments)
        {
            if (found.Count == limit)
            {
                break;
            }

            if ((place is null || string.CompareOrdinal(instrument.Symbol.ToString(), place) > 0) && filter.Admits(instrument))
            {
                found.Add(instrument);
            }
        }

        return found;
    }

    /// <summary>As every provider that lists the instrument does, in the order of <see cref="ProviderId.All"/>; empty when the reference data lack the
    /// symbol.</summary>
    /// <param name="symbol">Canonical.</param>
    public IReadOnlyList<ProviderListing> FindListings(Symbol symbol) =>
        _snapshot.Entries.TryGetValue(symbol, out var entry) ? entry.Listings : [];

    /// <summary>The instrument as the provider lists it; <see langword="null"/> when it does not list it, or when the reference data lack the
    /// symbol (<see cref="Knows"/> tells which).</summary>
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

    /// <summary>Loads what the tables hold, unless it is what is here already.</summary>
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
        var spellings = new List<(Symbol Symbol, ProviderId Provider, string ProviderSymbol, string Unit)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (ProviderId.TryParse(reader.GetString(1), out var provider))
            {
                spellings.Add((Symbol.Parse(reader.GetString(0)), provider, reader.GetString(2), reader.GetString(3)));
            }
        }

        return Snapshot.Create(version, instruments, spellings);
    }

    private sealed record Entry(Instrument Instrument, ProviderListing[] Listings);

    private sealed record Snapshot(
        long Version, IReadOnlyList<Instrument> Instruments, FrozenDictionary<Symbol, Entry> Entries, FrozenDictionary<Symbol, Symbol> Aliases)
    {
        public static Snapshot Empty { get; } = new(0, [], FrozenDictionary<Symbol, Entry>.Empty, FrozenDictionary<Symbol, Symbol>.Empty);

        public static Snapshot Create(
            long version, List<Instrument> instruments, List<(Symbol Symbol, ProviderId Provider, string ProviderSymbol, string Unit)> spellings)
        {
            var bySymbol = spellings.ToLookup(spelling => spelling.Symbol);
            var entries = instruments.ToFrozenDictionary(
                instrument => instrument.Symbol,
                instrument => new Entry(instrument, [.. bySymbol[instrument.Symbol].OrderBy(spelling => PlaceOf(spelling.Provider)).Select(spelling => new ProviderListing
                {
                    Provider = spelling.Provider,
                    Symbol = instrument.Symbol,
                    ProviderSymbol = spelling.ProviderSymbol,
                    Unit = spelling.Unit,
                    Venue = instrument.Venue,
                    Currency = instrument.Currency,
                })]));

            var aliases = new Dictionary<Symbol, Symbol>();
            foreach (var instrument in instruments)
            {
                var symbol = instrument.Symbol;
                if (symbol.Ticker.Contains('.'))
                {
                    var venue = symbol.Venue is { } mic ? $":{mic}" : "";
                    aliases[Symbol.Parse(symbol.Ticker.Replace('.', '-') + venue)] = symbol;
                }
            }

            return new Snapshot(version, instruments, entries, aliases.ToFrozenDictionary());
        }

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
