using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Quorum.Functions.Overload;
using Quorum.Functions.Quotes;
using Quorum.Functions.Telemetry;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Overload;

public sealed class ThreadPoolWatchTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(2),
        Long = TimeSpan.FromSeconds(1);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLogger<ThreadPoolWatch> _log = new();
    private readonly ThreadPoolWatch _watch;

    public ThreadPoolWatchTests()
    {
        var options = Options.Create(new OverloadOptions());
        var admission = new Admission(options);
        var metrics = new AppMetrics(_services.GetRequiredService<IMeterFactory>(), admission, new HubHealth(_time));
        _watch = new ThreadPoolWatch(admission, metrics, _time, options, _log);
    }

    [Fact]
    public void Starvation_is_logged_once_while_it_lasts_and_once_when_it_ends()
    {
        _watch.StillWaiting(Long);
        _watch.StillWaiting(Long);
        _watch.Waited(Long);
        Assert.Equal([1020], Events);

        _time.Advance(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 40; i++)
        {
            _watch.Waited(Short);
        }

        Assert.Equal([1020, 1021], Events);
        _watch.Waited(Long);
        Assert.Equal([1020, 1021, 1020], Events);
    }

    [Fact]
    public void A_relapse_belongs_to_the_same_episode()
    {
        _watch.Waited(Long);
        _watch.Waited(Short);
        _watch.Waited(Long);

        Assert.Equal([1020], Events);
    }

    [Fact]
    public void Short_waits_are_nothing_to_tell()
    {
        for (var i = 0; i < 100; i++)
        {
            _watch.Waited(Short);
        }

        Assert.Empty(Events);
    }

    private IEnumerable<int> Events => _log.Collector.GetSnapshot().Select(record => record.Id.Id);

    public void Dispose()
    {
        _watch.Dispose();
        _services.Dispose();
    }
}
