using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Quorum.Functions.Quotas;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotas;

/// <summary>The ledger in PostgreSQL counts as the one in the process does, for which it is shown that no window is ever
/// exceeded.</summary>
public sealed class LedgerContractTests : IAsyncLifetime
{
    /// <param name="Pause">Before it, in milliseconds.</param>
    /// <param name="Settles">Which of the open bookings, in percent of their number.</param>
    /// <param name="Used">Permits of it that were used, in percent.</param>
    private sealed record Step(int Pause, int Interactive, int Background, int Settles, int Used, int Age, int CloseFor);

    private TestDatabase _database = null!; // Set before each test.
    private QuorumDatabase _pool = null!; // Likewise.

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _pool = new QuorumDatabase(Options.Create(new StorageOptions { ConnectionString = _database.ConnectionString }));
        await new DatabaseMigrator(_pool).MigrateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static Gen<Step> Steps =>
        from pause in Gen.Frequency((4, Gen.Choose(0, 50)), (3, Gen.Choose(0, 2000)), (1, Gen.Choose(0, 90_000)))
        from interactive in Gen.Choose(0, 6)
        from background in Gen.Choose(0, 6)
        from settles in Gen.Choose(0, 200)
        from used in Gen.Choose(0, 100)
        from age in Gen.Choose(0, 3000)
        from closeFor in Gen.Frequency((30, Gen.Constant(0)), (1, Gen.Choose(1, 5000)))
        select new Step(pause, interactive, background, settles, used, age, closeFor);

    [Fact]
    public void Both_ledgers_answer_alike()
    {
        var schedules = 0;
#pragma warning disable VSTHRD002 // A property answers at once.
        Prop.ForAll(
                Gen.ArrayOf(Steps, 60).ToArbitrary(),
                steps => CompareAsync(ProviderId.All[schedules % ProviderId.All.Count], ++schedules, steps).GetAwaiter().GetResult()
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20));
#pragma warning restore VSTHRD002
    }

    private async Task CompareAsync(ProviderId provider, int startAt, Step[] steps)
    {
        // Each schedule long after the one before it, since they share the tables.
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(10 * startAt));
        var local = new LocalQuotaLedger(time);
        await using var store = new QuotaStore(_pool)
        {
            Clock = () => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
        };
        var shared = new SharedQuotas(store);
        List<(long Booking, int Permits)> open = [];
        foreach (var step in steps)
        {
            time.Advance(TimeSpan.FromMilliseconds(step.Pause));
            QuotaSettlement[] settled = [];
            if (open.Count > 0 && step.Settles < 100)
            {
                var (booking, permits) = open[open.Count * step.Settles / 100];
                open.Remove((booking, permits));
                settled = [new QuotaSettlement(booking, permits, permits * step.Used / 100, TimeSpan.FromMilliseconds(step.Age))];
            }

            var exchange = new QuotaExchange
            {
                Provider = provider,
                Limits =
                [
                    new QuotaLimit(TimeSpan.FromSeconds(1), 8, 2),
                    new QuotaLimit(TimeSpan.FromMinutes(1), 60, 18),
                    new QuotaLimit(TimeSpan.FromDays(1), 90, 0),
                ],
                Settled = settled,
                Interactive = step.Interactive,
                Background = step.Background,
                Hold = TimeSpan.FromSeconds(3),
                CloseFor = TimeSpan.FromMilliseconds(step.CloseFor),
            };

            var one = await local.ExchangeAsync(exchange, CancellationToken.None);
            var other = await shared.ExchangeAsync(exchange, CancellationToken.None);

            Assert.Equal(one, other, Same);
            Assert.Equal(one.Counts, other.Counts);
            if (one.Interactive + one.Background > 0)
            {
                open.Add((one.Booking, one.Interactive + one.Background));
            }
        }
    }

    private static bool Same(QuotaAnswer one, QuotaAnswer other) =>
        (one.Interactive, one.Background, one.Booking, one.NextInteractive, one.NextBackground, one.ClosedFor)
        == (other.Interactive, other.Background, other.Booking, other.NextInteractive, other.NextBackground, other.ClosedFor);
}
