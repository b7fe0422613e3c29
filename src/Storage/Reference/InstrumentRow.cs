using Npgsql;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>The columns <c>symbol, name, venue, isin, currency</c> of <c>quorum.instruments</c>, in this order.</summary>
internal static class InstrumentRow
{
    public static Instrument Read(NpgsqlDataReader reader) =>
        new()
        {
            Symbol = Symbol.Parse(reader.GetString(0)),
            Name = reader.GetString(1),
            Venue = Mic.Parse(reader.GetString(2)),
            Isin = reader.IsDBNull(3) ? null : reader.GetString(3),
            Currency = CurrencyCode.Parse(reader.GetString(4)),
        };
}
