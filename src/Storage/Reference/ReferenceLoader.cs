using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>
/// Loads a reference file into the tables unless it is the one loaded last. Rows that operators added, or took over by setting their origin
/// to <c>manual</c>, stay unchanged.
/// </summary>
internal static partial class ReferenceLoader
{
    private const string DeleteWhatLeftTheFile = "delete from quorum.instruments where origin = 'file' and symbol <> all ($1)";

    private const string SaveInstruments = """
        insert into quorum.instruments as stored (symbol, name, venue, isin, currency, origin)
        select symbol, name, venue, isin, currency, 'file'
          from unnest($1, $2, $3, $4, $5) as given (symbol, name, venue, isin, currency)
            on conflict (symbol) do update
           set name = excluded.name, venue = excluded.venue, isin = excluded.isin, currency = excluded.currency
         where stored.origin = 'file'
        """;

    private const string DeleteProviderSymbols = """
        delete from quorum.provider_symbols as listing using quorum.instruments as instrument
         where instrument.symbol = listing.symbol and instrument.origin = 'file'
        """;

    private const string SaveProviderSymbols = """
        insert into quorum.provider_symbols (symbol, provider, provider_symbol, unit)
        select given.symbol, given.provider, given.provider_symbol, given.unit
          from unnest($1, $2, $3, $4) as given (symbol, provider, provider_symbol, unit)
          join quorum.instruments as instrument on instrument.symbol = given.symbol and instrument.origin = 'file'
        """;

    private const string RecordFile = """
        insert into quorum.reference_files (name, checksum) values ($1, $2)
            on conflict (name) do update set checksum = excluded.checksum, loaded_at = now()
        """;

    /// <summary>Loads the file if it changed. The caller holds the migration lock.</summary>
    public static async Task LoadIfChangedAsync(
        NpgsqlConnection connection,
        ReferenceFile file,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        if (await IsLoadedAsync(connection, file, cancellationToken))
        {
            return;
        }

        var instruments = file.Instruments.ToArray();
        var listings = file.Listings.ToArray();
        var symbols = instruments.Select(instrument => instrument.Symbol.ToString()).ToArray();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(DeleteWhatLeftTheFile) { Parameters = { Texts(symbols) } },
                new NpgsqlBatchCommand(SaveInstruments)
                {
                    Parameters =
                    {
                        Texts(symbols),
                        Texts(instruments.Select(instrument => instrument.Name)),
                        Texts(instruments.Select(instrument => instrument.Venue.ToString())),
                        Texts(instruments.Select(instrument => instrument.Isin)),
                        Texts(instruments.Select(instrument => instrument.Currency.ToString())),
                    },
                },
                new NpgsqlBatchCommand(DeleteProviderSymbols),
                new NpgsqlBatchCommand(SaveProviderSymbols)
                {
                    Parameters =
                    {
                        Texts(listings.Select(listing => listing.Symbol.ToString())),
                        Texts(listings.Select(listing => listing.Provider.ToString())),
                        Texts(listings.Select(listing => listing.ProviderSymbol)),
                        Texts(listings.Select(listing => listing.Unit ?? "")), // empty: unknown
                    },
                },
                new NpgsqlBatchCommand(RecordFile)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string> { TypedValue = file.Name },
                        new NpgsqlParameter<string> { TypedValue = file.Checksum },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken); // one implicit transaction
        LogLoaded(logger, instruments.Length, file.Name);
    }

    private static async Task<bool> IsLoadedAsync(NpgsqlConnection connection, ReferenceFile file, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select checksum from quorum.reference_files where name = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = file.Name });
        return await command.ExecuteScalarAsync(cancellationToken) is string checksum && checksum == file.Checksum;
    }

    private static NpgsqlParameter<string?[]> Texts(IEnumerable<string?> values) =>
        new() { TypedValue = values as string?[] ?? values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    [LoggerMessage(EventId = 1504, Level = LogLevel.Information, Message = "Loaded {Instruments} instruments from {File}.")]
    private static partial void LogLoaded(ILogger logger, int instruments, string file);
}
