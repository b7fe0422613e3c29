using Microsoft.Azure.WebJobs.Host.Scale;
using Quorum.DurableTask.PostgreSql.Functions.Scaling;

namespace Quorum.DurableTask.PostgreSql.Functions.Tests;

public sealed class BacklogScaleMonitorTests
{
    private TaskHubBacklog _backlog = new(Due: 0, Held: 0, Workers: 1);

    [Theory]
    [InlineData(0, 250, 1, ScaleVote.ScaleOut)]
    [InlineData(0, 250, 3, ScaleVote.None)]
    [InlineData(0, 250, 4, ScaleVote.ScaleIn)]
    [InlineData(0, 0, 1, ScaleVote.ScaleIn)]
    public async Task The_monitor_votes_by_the_workers_that_the_backlog_needs(long due, long held, int workers, ScaleVote expected)
    {
        _backlog = new TaskHubBacklog(due, held, workers);
        var monitor = Monitor();
        var metrics = await monitor.GetMetricsAsync();

        var typed = monitor.GetScaleStatus(new ScaleStatusContext<BacklogMetrics> { WorkerCount = workers, Metrics = [metrics] });
        var untyped = ((IScaleMonitor)monitor).GetScaleStatus(new ScaleStatusContext { WorkerCount = workers, Metrics = [metrics] });

        Assert.Equal((expected, expected), (typed.Vote, untyped.Vote));
    }

    [Fact]
    public async Task The_latest_reading_decides_and_without_one_there_is_no_vote()
    {
        var monitor = Monitor();
        _backlog = new TaskHubBacklog(Due: 0, Held: 900, Workers: 2);
        var earlier = await monitor.GetMetricsAsync();
        _backlog = new TaskHubBacklog(Due: 0, Held: 200, Workers: 2);
        var later = await monitor.GetMetricsAsync();

        Assert.Equal(ScaleVote.None, Vote(earlier, later));
        Assert.Equal(ScaleVote.ScaleOut, Vote(later, earlier));
        Assert.Equal(ScaleVote.None, Vote());

        ScaleVote Vote(params BacklogMetrics[] metrics) =>
            monitor.GetScaleStatus(new ScaleStatusContext<BacklogMetrics> { WorkerCount = 2, Metrics = metrics }).Vote;
    }

    [Fact]
    public async Task The_scaler_asks_for_the_workers_that_the_backlog_needs()
    {
        _backlog = new TaskHubBacklog(Due: 1, Held: 100, Workers: 2);

        var result = await new BacklogTargetScaler("function", Target()).GetScaleResultAsync(new TargetScalerContext());

        Assert.Equal(3, result.TargetWorkerCount);
    }

    private BacklogScaleMonitor Monitor() => new("function", "orders", Target());

    private BacklogTarget Target() => new(_ => Task.FromResult(_backlog), maxConcurrentOrchestrations: 100);
}
