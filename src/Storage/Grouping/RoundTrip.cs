using Npgsql;

namespace Quorum.Storage;

/// <summary>How a round trip to PostgreSQL may fail, and who answers it.</summary>
internal static class RoundTrip
{
    /// <summary>Runs a statement that may run twice, and runs it again, once, when its connection broke: a pooled connection that died while nobody
    /// used it (PostgreSQL was restarted) says nothing about the database now. Other faults are the caller's.</summary>
    public static async Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> run, TArgument argument, CancellationToken cancellationToken)
    {
        try
        {
            return await run(argument, cancellationToken);
        }
        catch (NpgsqlException exception) when (IsBrokenConnection(exception) && !cancellationToken.IsCancellationRequested)
        {
            return await run(argument, cancellationToken);
        }
    }

    /// <summary>The values of one item may be the reason: PostgreSQL refused data, or they could not be written to the wire.</summary>
    public static bool MayBeFaultOfOneItem(Exception exception) => exception switch
    {
        // Classes 21 cardinality, 22 data, 23 integrity, 54 program limits.
        PostgresException refused => refused.SqlState.AsSpan(0, 2) is "21" or "22" or "23" or "54",
        NpgsqlException => false,
        ArgumentException or InvalidCastException or OverflowException or FormatException => true,
        _ => false,
    };

    private static bool IsBrokenConnection(NpgsqlException exception) =>
        exception is PostgresException refused
            ? refused.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            : exception.IsTransient && exception.InnerException is not TimeoutException;
}
