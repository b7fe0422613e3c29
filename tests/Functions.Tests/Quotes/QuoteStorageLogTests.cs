using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteStorageLogTests
{
    private static readonly NpgsqlException Refused = new("Connection refused");
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLogger<QuoteStorageLog> _logger = new();
    private readonly QuoteStorageLog _log;

    public QuoteStorageLogTests() => _log = new QuoteStorageLog(_time, _logger);

    [Fact]
    public void A_use_that_works_writes_no_line()
    {
        _log.Worked(QuoteStorageUse.ReferenceData);
        Assert.Empty(Lines());
    }

    [Fact]
    public void An_outage_writes_one_line_when_it_begins_and_one_when_it_ends()
    {
        for (var quote = 0; quote < 500; quote++)
        {
            _log.Failed(QuoteStorageUse.ReferenceData, Refused);
        }

        Assert.Equal(
            ["Warning PostgreSQL fails: ReferenceData. Quotes are made without; the next line about it comes when it works again."],
            Lines()
        );
        Assert.Same(Refused, _logger.LatestRecord.Exception);

        _time.Advance(TimeSpan.FromSeconds(12.5));
        _log.Worked(QuoteStorageUse.ReferenceData);
        _log.Worked(QuoteStorageUse.ReferenceData);
        Assert.Equal(["Information PostgreSQL works again: ReferenceData, after 12.5 s and 500 failures."], Lines().Skip(1));
    }

    [Fact]
    public void The_next_outage_is_written_too()
    {
        _log.Failed(QuoteStorageUse.StoredQuotes, Refused);
        _log.Worked(QuoteStorageUse.StoredQuotes);
        _log.Failed(QuoteStorageUse.StoredQuotes, Refused);
        Assert.Equal([LogLevel.Warning, LogLevel.Information, LogLevel.Warning], Levels());
    }

    [Fact]
    public void A_use_that_fails_for_good_beside_others_that_work_writes_one_line()
    {
        for (var quote = 0; quote < 10; quote++)
        {
            _log.Failed(QuoteStorageUse.ClaimedFetches, Refused);
            _log.Worked(QuoteStorageUse.ReferenceData);
            _log.Worked(QuoteStorageUse.StoredQuotes);
        }

        Assert.Equal([LogLevel.Warning], Levels());
    }

    [Fact]
    public void A_late_answer_is_no_failure()
    {
        _log.Late(QuoteStorageUse.StoredQuotes, Symbol.Parse("AAPL"));
        Assert.Equal(["Debug PostgreSQL did not answer in time for AAPL: StoredQuotes."], Lines());

        _log.Worked(QuoteStorageUse.StoredQuotes);
        Assert.Single(Lines());
    }

    [Fact]
    public async Task Failures_of_the_same_moment_write_one_line_and_are_all_counted()
    {
        var tasks = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Repeat(1_000)));
        await Task.WhenAll(tasks);
        _log.Worked(QuoteStorageUse.ReferenceData);
        Assert.Equal(2, Lines().Count());
        Assert.EndsWith("and 8000 failures.", _logger.LatestRecord.Message, StringComparison.Ordinal);

        void Repeat(int times)
        {
            for (var i = 0; i < times; i++)
            {
                _log.Failed(QuoteStorageUse.ReferenceData, Refused);
            }
        }
    }

    private IEnumerable<string> Lines() => _logger.Collector.GetSnapshot().Select(record => $"{record.Level} {record.Message}");

    private IEnumerable<LogLevel> Levels() => _logger.Collector.GetSnapshot().Select(record => record.Level);
}
