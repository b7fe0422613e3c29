using Microsoft.Extensions.Logging.Testing;

namespace Quorum.Testing;

public static class LogRecords
{
    /// <summary>Waits for the first record.</summary>
    public static async Task<FakeLogRecord> FirstAsync(this FakeLogCollector log)
    {
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        return await log.GetLogsAsync(deadline.Token).FirstAsync(deadline.Token);
    }
}
