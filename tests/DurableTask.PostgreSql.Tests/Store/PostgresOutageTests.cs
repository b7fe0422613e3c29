using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Testing.Time;

namespace Quorum.DurableTask.PostgreSql.Tests.Store;

public sealed class PostgresOutageTests
{
    private static readonly NpgsqlException Fault = new("unreachable");
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLogger _log = new();
    private readonly PostgresOutage _outage;

    public PostgresOutageTests() => _outage = new PostgresOutage(_time, _log);

    [Fact]
    public void An_outage_is_logged_once_at_its_beginning_and_once_at_its_end_with_its_length()
    {
        _outage.Failed(HubPart.Turns, Fault);
        _time.Advance(TimeSpan.FromSeconds(2));
        _outage.Failed(HubPart.Turns, Fault);
        Assert.True(_outage.IsOut);
        _time.Advance(TimeSpan.FromSeconds(5));
        _outage.Works(HubPart.Turns);
        _outage.Works(HubPart.Turns);

        Assert.False(_outage.IsOut);
        Assert.Equal(
            [(2401, LogLevel.Warning), (2404, LogLevel.Information)],
            _log.Collector.GetSnapshot().Select(record => (record.Id.Id, record.Level))
        );
        Assert.Contains("after 00:00:07 and 2 failures", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_when_the_last_part_that_failed_works_again()
    {
        _outage.Failed(HubPart.Lease, Fault);
        _outage.Failed(HubPart.Sweep, Fault);
        _outage.Works(HubPart.Lease);
        _outage.Works(HubPart.Turns); // has not failed
        Assert.True(_outage.IsOut);

        _outage.Works(HubPart.Sweep);

        Assert.False(_outage.IsOut);
        Assert.Equal(2, _log.Collector.Count);
    }

    [Fact]
    public void The_next_outage_is_counted_anew()
    {
        _outage.Failed(HubPart.Turns, Fault);
        _outage.Works(HubPart.Turns);
        _outage.Failed(HubPart.Listening, Fault);
        _outage.Works(HubPart.Listening);

        Assert.Equal([2401, 2404, 2401, 2404], _log.Collector.GetSnapshot().Select(record => record.Id.Id));
        Assert.EndsWith("and 1 failures", _log.LatestRecord.Message, StringComparison.Ordinal);
    }
}
