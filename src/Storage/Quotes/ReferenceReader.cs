using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// Loads the reference data and last known quotes of symbols: concurrent callers share a round trip, and callers of the same symbol a row.
/// </summary>
internal sealed class ReferenceReader : IAsyncDisposable
{
    private readonly QuorumDatabase _database;

    public ReferenceReader(QuorumDatabase database, StorageOptions options)
    {
        _database = database;
        Groups = new GroupCommit<Wish>(
            group => RoundTrip.RunAsync(LoadAsync, group, CancellationToken.None),
            PostgresFault.MayBeOfOneItem,
            new GroupCommitOptions
            {
                Lanes = options.LoadLanes,
                LargestGroup = options.LargestGroup,
                Capacity = options.WaitingItems,
                Spans = StorageTelemetry.Source,
                SpanName = "load reference data",
            }
        );
    }

    public GroupCommit<Wish> Groups { get; }

    public async Task<ReferenceData> LoadAsync(Symbol symbol, CancellationToken cancellationToken)
    {
        var wish = new Wish(symbol.ToString());
        await Groups.CommitAsync(wish, cancellationToken);
        return wish.Found;
    }

    public ValueTask DisposeAsync() => Groups.DisposeAsync();

    private async Task<int> LoadAsync(IReadOnlyList<Wish> group, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, (Instrument? Instrument, List<StoredQuote>? LastKnown)>(group.Count);
        foreach (var wish in group)
        {
            found[wish.Symbol] = default;
        }

        var symbols = new string[found.Count];
        found.Keys.CopyTo(symbols, 0);

        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("select symbol, name, venue, isin, currency from quorum.instruments where symbol = any ($1)")
                {
                    Parameters = { Symbols() },
                },
                new NpgsqlBatchCommand("select symbol, provider, quote from quorum.provider_quotes where symbol = any ($1)")
                {
                    Parameters = { Symbols() },
                },
            },
        };
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                found[reader.GetString(0)] = (InstrumentRow.Read(reader), null);
            }

            await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (ProviderId.TryParse(reader.GetString(1), out var provider) && ReadQuote(reader) is { } quote)
                {
                    var symbol = reader.GetString(0);
                    var (instrument, lastKnown) = found[symbol];
                    lastKnown ??= new List<StoredQuote>(ProviderId.All.Count);
                    lastKnown.Add(new StoredQuote(provider, quote));
                    found[symbol] = (instrument, lastKnown);
                }
            }
        }

        foreach (var wish in group)
        {
            var (instrument, lastKnown) = found[wish.Symbol];
            wish.Found = new ReferenceData { Instrument = instrument, LastKnown = lastKnown ?? (IReadOnlyList<StoredQuote>)[] };
        }

        return group.Count;

        NpgsqlParameter<string[]> Symbols() => new() { TypedValue = symbols, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
    }

    private static ProviderQuote? ReadQuote(NpgsqlDataReader reader) =>
        JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(2), MarketDataJson.Default.ProviderQuote);

    internal sealed class Wish(string symbol)
    {
        public string Symbol { get; } = symbol;
        public ReferenceData Found { get; set; } = new();
    }
}
