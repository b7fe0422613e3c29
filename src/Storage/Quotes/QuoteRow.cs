using Npgsql;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The columns <c>id, symbol, all_providers, published_at, price, as_of, completeness, document, agreeing</c> of <c>quorum.quotes</c>, in
/// this order, and optionally <c>merge</c>.
/// </summary>
internal static class QuoteRow
{
    private const int MergeColumn = 9;

    public static PublishedQuote Read(NpgsqlDataReader reader) =>
        new()
        {
            InstanceId = reader.GetString(0),
            Symbol = Symbol.Parse(reader.GetString(1)),
            AllProviders = reader.GetBoolean(2),
            PublishedAt = reader.GetFieldValue<DateTimeOffset>(3),
            Price = reader.IsDBNull(4) ? null : reader.GetDecimal(4),
            AsOf = reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5),
            Completeness = CompletenessOf(reader.GetString(6)),
            Document = reader.GetFieldValue<byte[]>(7),
            Agreeing = reader.IsDBNull(8) ? null : reader.GetInt16(8),
            Merge =
                reader.FieldCount > MergeColumn && !reader.IsDBNull(MergeColumn)
                    ? reader.GetFieldValue<byte[]>(MergeColumn)
                    : (ReadOnlyMemory<byte>?)null,
        };

    public static string NameOf(Completeness completeness) =>
        completeness switch
        {
            Completeness.Complete => "complete",
            Completeness.Agreed => "agreed",
            Completeness.Partial => "partial",
            Completeness.Stale => "stale",
            _ => throw new ArgumentOutOfRangeException(nameof(completeness), completeness, "No such completeness."),
        };

    private static Completeness CompletenessOf(string name) =>
        name switch
        {
            "complete" => Completeness.Complete,
            "agreed" => Completeness.Agreed,
            "partial" => Completeness.Partial,
            "stale" => Completeness.Stale,
            _ => throw new FormatException($"'{name}' is no completeness; a newer build may have stored it."),
        };
}
