using Npgsql;

namespace Quorum.Storage;

/// <summary>What an error of PostgreSQL says about who must act.</summary>
public static class PostgresFault
{
    /// <summary>Whether waiting mends it: PostgreSQL is away, full, overloaded, read-only, starting or stopping. Not so a wrong password or a missing
    /// database, which somebody must put right.</summary>
    public static bool MayPass(this NpgsqlException fault) => fault is not PostgresException { SqlState: var state } || fault.IsTransient
        || state is PostgresErrorCodes.ReadOnlySqlTransaction
        || state.AsSpan(0, 2) is "08" or "40" or "53" or "55" or "57" or "58"; // connection, rollback, resources, state, intervention, system
}
