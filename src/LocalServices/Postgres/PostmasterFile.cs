using System.Diagnostics;
using System.Globalization;

namespace Quorum.LocalServices.Postgres;

/// <summary>A cluster's <c>postmaster.pid</c>, which remains after a server was killed.</summary>
internal static class PostmasterFile
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until no server runs on the cluster, and deletes the file when its server is gone.</summary>
    /// <remarks>PostgreSQL itself considers the file valid when any process of the same user has got the process id since.</remarks>
    /// <exception cref="LocalServiceException">A server still runs there at the deadline.</exception>
    public static async Task ReleaseAsync(string cluster, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var path = Path.Combine(cluster, "postmaster.pid");
        var started = Stopwatch.GetTimestamp();
        while (await ReadProcessIdAsync(path, cancellationToken) is { } id)
        {
            if (!IsPostgres(id))
            {
                File.Delete(path);
                return;
            }
            if (Stopwatch.GetElapsedTime(started) > deadline)
            {
                throw new LocalServiceException($"PostgreSQL already runs on {cluster}, as process {id}. Stop that one first.");
            }

            await Task.Delay(CheckInterval, cancellationToken); // it may be shutting down because its parent was just killed
        }
    }

    private static async Task<int?> ReadProcessIdAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(path, cancellationToken);
            var isNumber = int.TryParse(lines.FirstOrDefault(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var id);
            return isNumber ? Math.Abs(id) : 0; // PostgreSQL without a server (--single) writes its id with a minus
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool IsPostgres(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return false; // no process has the id
        }
        catch (InvalidOperationException)
        {
            return false; // it ended between the two lines
        }
    }
}
