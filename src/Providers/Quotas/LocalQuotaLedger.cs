using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The ledger of a process that shares its quotas with no other: its state ends with the process.</summary>
/// <remarks>
/// A window is kept in a hundred slots, each counted until the window's length after its end: a permit is returned up to a hundredth of the
/// window late, and never early. The ledger in PostgreSQL counts the same way.
/// </remarks>
public sealed class LocalQuotaLedger(TimeProvider time) : IQuotaLedger
{
    private const int SlotsPerWindow = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<ProviderId, Account> _accounts = [];

    public Task<QuotaAnswer> ExchangeAsync(QuotaExchange exchange, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_accounts.TryGetValue(exchange.Provider, out var account))
            {
                _accounts[exchange.Provider] = account = new Account();
            }

            return Task.FromResult(
                account.Exchange(exchange, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
            );
        }
    }

    private sealed class Account
    {
        private readonly Dictionary<TimeSpan, Window> _windows = [];
        private long _closedUntil;

        public QuotaAnswer Exchange(QuotaExchange exchange, long now)
        {
            var windows = new Window[exchange.Limits.Count];
            for (var i = 0; i < windows.Length; i++)
            {
                var length = exchange.Limits[i].Length;
                if (!_windows.TryGetValue(length, out var window))
                {
                    _windows[length] = window = new Window(Microseconds(length));
                }

                windows[i] = window;
                window.Settle(exchange.Settled, now);
            }

            if (exchange.CloseFor > TimeSpan.Zero)
            {
                _closedUntil = Math.Max(_closedUntil, now + Microseconds(exchange.CloseFor));
            }

            var isClosed = _closedUntil > now;
            var interactive = isClosed ? 0 : Grant(exchange, windows, exchange.Interactive, CallPurpose.Interactive, before: 0);
            var background = isClosed ? 0 : Grant(exchange, windows, exchange.Background, CallPurpose.Batch, before: interactive);
            var booking = now + Microseconds(exchange.Hold);
            foreach (var window in windows)
            {
                window.Add(booking, interactive + background);
            }

            return new QuotaAnswer
            {
                Interactive = interactive,
                Background = background,
                Booking = booking,
                Counts =
                [
                    .. windows.Select(window => new QuotaCount(
                        window.Used,
                        window.Used == 0 ? TimeSpan.Zero : window.UntilLeft(window.Used - 1, now)
                    )),
                ],
                NextInteractive = Next(exchange, windows, CallPurpose.Interactive, now),
                NextBackground = Next(exchange, windows, CallPurpose.Batch, now),
                ClosedFor = isClosed ? TimeSpan.FromMicroseconds(_closedUntil - now) : TimeSpan.Zero,
            };
        }

        private static int Grant(QuotaExchange exchange, Window[] windows, int wanted, CallPurpose purpose, int before)
        {
            long granted = wanted;
            for (var i = 0; i < windows.Length; i++)
            {
                granted = Math.Min(granted, exchange.Limits[i].LimitFor(purpose) - windows[i].Used - before);
            }

            return (int)Math.Max(0, granted);
        }

        private static TimeSpan Next(QuotaExchange exchange, Window[] windows, CallPurpose purpose, long now)
        {
            var next = TimeSpan.Zero;
            for (var i = 0; i < windows.Length; i++)
            {
                var until = windows[i].UntilLeft(exchange.Limits[i].LimitFor(purpose) - 1, now);
                next = until > next ? until : next;
            }

            return next;
        }

        private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>The permits of one window by the slot in whose time they reached the provider at the latest.</summary>
    /// <param name="length">In microseconds.</param>
    private sealed class Window(long length)
    {
        private readonly long _slotLength = length / SlotsPerWindow;
        private readonly SortedDictionary<long, long> _slots = [];

        public long Used => _slots.Values.Sum();

        public void Settle(IReadOnlyList<QuotaSettlement> settlements, long now)
        {
            foreach (var settlement in settlements)
            {
                var booked = SlotOf(settlement.Booking);
                if (_slots.TryGetValue(booked, out var held))
                {
                    _slots[booked] = Math.Max(0, held - settlement.Permits);
                }

                Add(now - (settlement.Age.Ticks / TimeSpan.TicksPerMicrosecond), settlement.Used);
            }

            foreach (var over in _slots.Keys.TakeWhile(slot => (slot * _slotLength) + length <= now).ToList())
            {
                _slots.Remove(over);
            }
        }

        public void Add(long at, long permits)
        {
            if (permits > 0)
            {
                _slots[SlotOf(at)] = _slots.GetValueOrDefault(SlotOf(at)) + permits;
            }
        }

        /// <summary>Returns the time until this number or fewer are used, if no more are used and held ones are returned at once.</summary>
        public TimeSpan UntilLeft(long permits, long now)
        {
            var used = Used;
            if (used <= permits)
            {
                return TimeSpan.Zero;
            }

            foreach (var (slot, count) in _slots)
            {
                used -= count;
                if (used <= permits)
                {
                    return TimeSpan.FromMicroseconds(Math.Min(slot * _slotLength, now) + length - now);
                }
            }

            return TimeSpan.FromMicroseconds(length);
        }

        private long SlotOf(long at) => (at + _slotLength - 1) / _slotLength;
    }
}
