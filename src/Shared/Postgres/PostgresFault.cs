using Npgsql;

namespace Quorum.Shared.Postgres;

/// <summary>Classifies PostgreSQL's errors by who must act. The only place that knows SQLSTATEs for this
/// (https://www.postgresql.org/docs/current/errcodes-appendix.html).</summary>
internal static class PostgresFault
{
    /// <summary>True if waiting cures it: PostgreSQL is unreachable, full, overloaded, read-only, starting or stopping. A wrong password or
    /// a missing database is not temporary: an operator must act.</summary>
    public static bool IsTemporary(this NpgsqlException fault) =>
        fault is not PostgresException { SqlState: var state }
        || fault.IsTransient
        || state is PostgresErrorCodes.ReadOnlySqlTransaction
        || Class(state) is "08" or "40" or "53" or "55" or "57" or "58"; // connection, rollback, resources, object state, intervention, system

    /// <summary>True if the data that was sent is the reason (data exceptions, constraints, limits, the server's internal errors), so that
    /// the same data would be rejected again.</summary>
    public static bool IsAboutData(this PostgresException fault) =>
        Class(fault.SqlState) is "21" or "22" or "23" or "54" || fault.SqlState is PostgresErrorCodes.InternalError; // cardinality, data, integrity, limits

    /// <summary>True if one item of a group may be the reason: PostgreSQL rejected data, or a value could not be written to the
    /// wire.</summary>
    public static bool MayBeOfOneItem(Exception exception) =>
        exception switch
        {
            PostgresException rejected => rejected.IsAboutData(),
            NpgsqlException => false,
            ArgumentException or InvalidCastException or OverflowException or FormatException => true,
            _ => false,
        };

    /// <summary>True if the connection was lost, which says nothing about the database now: a pooled connection may have died while it was
    /// idle.</summary>
    public static bool IsLostConnection(this NpgsqlException fault) =>
        fault is PostgresException { SqlState: var state }
            ? state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            : fault.IsTransient && fault.InnerException is not TimeoutException;

    private static ReadOnlySpan<char> Class(string state) => state.AsSpan(0, 2);
}
