using Npgsql;

namespace Quorum.Shared.Postgres;

/// <summary>Runs statements that may run twice.</summary>
internal static class RoundTrip
{
    /// <summary>Runs a statement, and once again if its connection was lost. Other faults are the caller's to handle.</summary>
    public static async Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> run,
        TArgument argument,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await run(argument, cancellationToken);
        }
        catch (NpgsqlException exception) when (exception.IsLostConnection() && !cancellationToken.IsCancellationRequested)
        {
            return await run(argument, cancellationToken);
        }
    }
}
