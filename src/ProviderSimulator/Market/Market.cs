namespace Quorum.ProviderSimulator;

/// <summary>
/// One true price for all providers: the price of every instrument at every instant, from the seed and the clock alone. Opening, high, low
/// and previous close follow from the same walk, so they never contradict the price, in whatever order they are requested.
/// </summary>
internal sealed class Market
{
    private const double MaxOvernightGap = 0.004;
    private const double UsualDailyVolumeSpread = 0.6;
    private const double CurrencyMove = 0.25;
    private const int CurrencySalt = 71;
    private static readonly long JitterTicks = TimeSpan.FromMilliseconds(900).Ticks;

    private readonly ulong _seed;
    private readonly TradingCalendar[] _calendars;
    private readonly DayRange?[] _live,
        _delayed,
        _complete;

    public Market(ulong seed, TradingHours hours)
    {
        _seed = Noise.Bits(seed, 0, 0);
        Instruments = ProviderSimulator.Instruments.All;
        var byVenue = Venue.All.ToDictionary(venue => venue, venue => new TradingCalendar(venue, hours));
        _calendars = [.. Instruments.Select(instrument => byVenue[instrument.Venue])];
        (_live, _delayed, _complete) = (
            new DayRange?[Instruments.Count],
            new DayRange?[Instruments.Count],
            new DayRange?[Instruments.Count]
        );
    }

    public IReadOnlyList<Instrument> Instruments { get; }

    public TradingCalendar CalendarOf(Instrument instrument) => _calendars[instrument.Index];

    /// <summary>Returns the quote of a feed at an instant of its clock; the feed's own delay is subtracted.</summary>
    public Quote QuoteAt(Instrument instrument, DateTimeOffset clock, Viewpoint view)
    {
        var calendar = CalendarOf(instrument);
        var instant = clock - view.Delay;
        var day = calendar.DayAt(instant);
        var last = day.LastTradable(instant);
        var minute = UnixTime.Minute(last);
        var noise = NoiseOf(instrument, view, minute);
        var decimals = instrument.Decimals;

        // After the close the last price is the official close, the same for all consolidated feeds.
        var price = last < day.Close ? Money.Round(TruthAt(instrument, day, last) * noise, decimals) : CloseOf(instrument, day, view);
        var range = RangeThrough(instrument, day, minute, view.Delay > TimeSpan.Zero ? _delayed : _live);
        var half = HalfSpread(price, decimals);
        return new Quote
        {
            Instrument = instrument,
            Day = day,
            Price = price,
            Bid = Money.Round(price - half, decimals),
            Ask = Money.Round(price + half, decimals),
            Open = Money.Round(Truth(instrument, day, UnixTime.Minute(day.Open)), decimals),
            High = Math.Max(price, Money.Round(PriceOf(instrument, day, range.High), decimals)),
            Low = Math.Min(price, Money.Round(PriceOf(instrument, day, range.Low), decimals)),
            PreviousClose = CloseOf(instrument, calendar.Before(day), view),
            Volume = (long)(VolumeOf(instrument, day) * Progress(day, last) * view.VolumeShare),
            TradedAt = last < day.Close && day.IsOpenAt(instant) ? TradeBefore(instrument, day, last, view) : last,
            IsOpen = day.IsOpenAt(instant),
        };
    }

    /// <summary>Returns the closing quote of a finished session.</summary>
    public Quote CloseQuote(Instrument instrument, TradingDay day, Viewpoint view)
    {
        var bar = SessionBar(instrument, day, view);
        return new Quote
        {
            Instrument = instrument,
            Day = day,
            Price = bar.Close,
            Bid = bar.Close,
            Ask = bar.Close,
            Open = bar.Open,
            High = bar.High,
            Low = bar.Low,
            PreviousClose = CloseOf(instrument, CalendarOf(instrument).Before(day), view),
            Volume = bar.Volume,
            TradedAt = day.Close,
            IsOpen = false,
        };
    }

    /// <summary>Returns the bar of a finished session.</summary>
    public Bar SessionBar(Instrument instrument, TradingDay day, Viewpoint view)
    {
        var decimals = instrument.Decimals;
        var range = RangeThrough(instrument, day, UnixTime.Minute(day.Close), _complete);
        var close = CloseOf(instrument, day, view);
        return new Bar(
            Money.Round(Truth(instrument, day, UnixTime.Minute(day.Open)), decimals),
            Math.Max(close, Money.Round(PriceOf(instrument, day, range.High), decimals)),
            Math.Min(close, Money.Round(PriceOf(instrument, day, range.Low), decimals)),
            close,
            (long)(VolumeOf(instrument, day) * view.VolumeShare)
        );
    }

    /// <summary>Returns the last whole minute before a quote's trade, and its start.</summary>
    public (DateTimeOffset Start, Bar Bar) MinuteBefore(Quote quote, Viewpoint view)
    {
        var (instrument, day) = (quote.Instrument, quote.Day);
        var start = Math.Max(UnixTime.Minute(quote.TradedAt) - 1, UnixTime.Minute(day.Open));
        var noise = NoiseOf(instrument, view, start);
        var open = Money.Round(Truth(instrument, day, start) * noise, instrument.Decimals);
        var close = Money.Round(Truth(instrument, day, start + 1) * noise, instrument.Decimals);
        var volume = (long)(instrument.DailyVolume * view.VolumeShare / 400 * (0.5 + Noise.Unit(_seed, instrument.Index, start)));
        return (DateTimeOffset.FromUnixTimeSeconds(start * 60), new Bar(open, Math.Max(open, close), Math.Min(open, close), close, volume));
    }

    /// <summary>Returns a number for fields that carry no meaning here (trade ids, sizes); stable for an instrument and a second.</summary>
    public ulong Trivia(Instrument instrument, DateTimeOffset instant) => Noise.Bits(_seed, instrument.Index, instant.ToUnixTimeSeconds());

    private decimal CloseOf(Instrument instrument, TradingDay day, Viewpoint view)
    {
        var minute = UnixTime.Minute(day.Close);
        // Consolidated feeds agree on the official close; a single venue has its own.
        var noise = view.VolumeShare < 1 ? NoiseOf(instrument, view, minute) : 1;
        return Money.Round(Truth(instrument, day, minute) * noise, instrument.Decimals);
    }

    private double TruthAt(Instrument instrument, TradingDay day, DateTimeOffset instant)
    {
        var (minute, rest) = Math.DivRem(instant.Ticks - DateTimeOffset.UnixEpoch.Ticks, TimeSpan.TicksPerMinute);
        var before = Truth(instrument, day, minute);
        return rest == 0 ? before : before + ((Truth(instrument, day, minute + 1) - before) * rest / TimeSpan.TicksPerMinute);
    }

    private double Truth(Instrument instrument, TradingDay day, long minute) => PriceOf(instrument, day, WalkOf(instrument, minute));

    /// <param name="walked">A value of the instrument's walk. Each day is shifted slightly, so that sessions open with a gap.</param>
    private double PriceOf(Instrument instrument, TradingDay day, double walked) =>
        instrument.BasePrice
        * Math.Exp(
            instrument.Pair is null ? walked + (MaxOvernightGap * Noise.Signed(_seed, ~instrument.Index, day.Date.DayNumber)) : walked // currencies trade through the night
        );

    /// <summary>The logarithm of the price against its base, at the start of a minute. That of a pair is the difference of its
    /// currencies'.</summary>
    private double WalkOf(Instrument instrument, long minute) =>
        instrument.Pair is { } pair ? WalkOf(pair.Base, minute) - WalkOf(pair.Quote, minute) : RandomWalk.At(SeedOf(instrument), minute);

    /// <summary>That of a currency against the dollar, which moves less than a share.</summary>
    private double WalkOf(int currency, long minute) =>
        Currencies.All[currency].Code == Currencies.Anchor
            ? 0
            : CurrencyMove * RandomWalk.At(_seed ^ Noise.Bits(_seed, currency, CurrencySalt), minute);

    private (double Low, double High) ExtremesOf(Instrument instrument, long from, long through)
    {
        if (instrument.Pair is null)
        {
            return RandomWalk.Extremes(SeedOf(instrument), from, through);
        }

        var (low, high) = (double.MaxValue, double.MinValue);
        for (var minute = from; minute <= through; minute++)
        {
            var walked = WalkOf(instrument, minute);
            (low, high) = (Math.Min(low, walked), Math.Max(high, walked));
        }

        return (low, high);
    }

    private ulong SeedOf(Instrument instrument) => _seed + (ulong)instrument.Index;

    private DayRange RangeThrough(Instrument instrument, TradingDay day, long minute, DayRange?[] remembered)
    {
        ref var slot = ref remembered[instrument.Index];
        var known = Volatile.Read(ref slot);
        if (known is not null && known.Through == minute && known.Day.Open == day.Open)
        {
            return known;
        }

        var range = Extend(known, instrument, day, minute);
        Volatile.Write(ref slot, range);
        return range;
    }

    private DayRange Extend(DayRange? known, Instrument instrument, TradingDay day, long minute) =>
        DayRange.Extend(known, day, minute, (from, through) => ExtremesOf(instrument, from, through));

    private double NoiseOf(Instrument instrument, Viewpoint view, long minute) =>
        1 + (view.NoiseBps * 1e-4 * Noise.Signed(_seed ^ (ulong)view.Salt, instrument.Index, minute));

    private double VolumeOf(Instrument instrument, TradingDay day) =>
        instrument.DailyVolume * (1 + (UsualDailyVolumeSpread * (Noise.Unit(_seed, instrument.Index, day.Date.DayNumber) - 0.5)));

    private static double Progress(TradingDay day, DateTimeOffset last) => (last - day.Open) / (day.Close - day.Open);

    private DateTimeOffset TradeBefore(Instrument instrument, TradingDay day, DateTimeOffset last, Viewpoint view)
    {
        var jitter = (long)(Noise.Unit(_seed ^ (ulong)view.Salt, instrument.Index, last.ToUnixTimeSeconds()) * JitterTicks);
        var traded = last.AddTicks(-jitter);
        return traded < day.Open ? day.Open : traded;
    }

    /// <summary>Returns half a basis point, but at least one tick.</summary>
    private static decimal HalfSpread(decimal price, int decimals) =>
        Math.Max(Money.Round((double)price * 0.5e-4, decimals), new decimal(1, 0, 0, isNegative: false, (byte)decimals));
}
