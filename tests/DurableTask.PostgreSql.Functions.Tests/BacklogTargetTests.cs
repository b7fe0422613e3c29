using Quorum.DurableTask.PostgreSql.Functions.Scaling;

namespace Quorum.DurableTask.PostgreSql.Functions.Tests;

public sealed class BacklogTargetTests
{
    [Theory]
    [InlineData(0, 0, 1, 0)] // An idle hub needs no worker.
    [InlineData(0, 1, 1, 1)]
    [InlineData(0, 250, 1, 3)] // Held instances fill workers.
    [InlineData(1, 0, 0, 1)] // Work that no worker holds needs one more.
    [InlineData(1, 100, 2, 3)]
    [InlineData(301, 200, 2, 6)]
    public void Workers_are_asked_for_by_held_and_waiting_instances(long due, long held, long workers, int expected) =>
        Assert.Equal(expected, BacklogTarget.WorkersFor(new TaskHubBacklog(due, held, workers), perWorker: 100));
}
