using Npgsql;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>Classifies errors of PostgreSQL by who must act.</summary>
internal static class PostgresFault
{
    /// <summary>The code of <c>hold_instances</c>: an instance of the group has another owner.</summary>
    public const string InstanceLost = "TH001";

    /// <summary>True if waiting resolves it: PostgreSQL is unreachable, full, overloaded, read-only, starting or stopping. A wrong password or a
    /// missing database must be corrected by an operator.</summary>
    public static bool IsTemporary(this NpgsqlException fault) => fault is not PostgresException { SqlState: var state } || fault.IsTransient
        || state is PostgresErrorCodes.ReadOnlySqlTransaction
        || state[..2] is "08" or "40" or "53" or "55" or "57" or "58";

    /// <summary>True if it is about the data sent (data exceptions, constraints, limits), so that the same data is rejected again.</summary>
    public static bool IsAboutData(this PostgresException fault) =>
        fault.SqlState[..2] is "21" or "22" or "23" or "54" || fault.SqlState is PostgresErrorCodes.InternalError or InstanceLost;
}
