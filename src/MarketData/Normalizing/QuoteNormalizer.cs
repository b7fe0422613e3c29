namespace Quorum.MarketData;

/// <summary>Makes a provider's raw quote into one that compares with all others (rules N3, N8 to N11, N16, N19, N23). Pure: the same input
/// gives the same quote.</summary>
public static class QuoteNormalizer
{
    /// <summary>Clocks differ; a time further ahead than this cannot be true.</summary>
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromMinutes(5);

    /// <summary>A price this many times its previous close, or this fraction of it, is a mix-up of units or instruments:
    /// beyond the largest split of a large company (50 for 1), below the factor 100 of a minor unit.</summary>
    private const decimal MaxJump = 60;

    /// <summary>
    /// The maximum distance of a bar's close from the bar's own range, as a share of the price: providers round each value separately.
    /// </summary>
    private const decimal RangeTolerance = 0.001m;

    /// <param name="raw">The values that the adapter read, in the provider's unit.</param>
    /// <param name="listing">
    /// The requested listing: its unit applies when the answer names none, its venue gives clock and calendar, its currency is the expected
    /// one.
    /// </param>
    /// <param name="receivedAt">The arrival of the answer; staleness and times in the future are relative to it.</param>
    /// <returns>
    /// The quote in major units and UTC. An impossible one is kept, with the reason in <see cref="ProviderQuote.Suspect"/>. One whose unit
    /// is unknown keeps its raw prices without a currency, and is <see cref="ProviderQuote.UnitUnknown"/>. A negative volume is such a
    /// reason too, and the volume is then missing. Last trades outside the day's range are legal (odd lots, extended hours).
    /// </returns>
    public static ProviderQuote Normalize(RawQuote raw, ProviderListing listing, DateTimeOffset receivedAt)
    {
        var now = receivedAt.ToUniversalTime();
        var venue = Venue.Of(listing.Symbol, listing.Venue);
        var unit = UnitOf(raw, listing, venue);
        var perMajor = unit?.PerMajor ?? 1;

        var price = Price(raw.Price, perMajor);
        var open = Price(raw.Open, perMajor);
        var high = Price(raw.High, perMajor);
        var low = Price(raw.Low, perMajor);
        var previousClose = Price(raw.PreviousClose, perMajor);
        var change = price is null ? null : Scaled(raw.Change, perMajor) ?? Scaled(price - previousClose, perMajor: 1);

        var asOf = raw.AsOf?.ToUniversalTime();
        var tradingDate = raw.TradingDate ?? (asOf is { } instant ? venue?.Calendar.DateAt(instant) : null);
        AsOfPrecision? precision =
            asOf is null && tradingDate is null ? null : raw.AsOfPrecision ?? (asOf is null ? AsOfPrecision.Day : AsOfPrecision.Instant);

        return new ProviderQuote
        {
            Price = price,
            Bid = Price(raw.Bid, perMajor),
            Ask = Price(raw.Ask, perMajor),
            Open = open,
            High = high,
            Low = low,
            PreviousClose = previousClose,
            Change = change,
            ChangePercent = price is null ? null : ChangePercent(raw.ChangePercent, change, previousClose),
            Volume = listing.Pair is null ? Volume(raw.Volume, open) : null, // what vendors give for currencies counts their own ticks
            Currency = unit?.Currency,
            RawPrice = price is null ? null : ExactDecimal.Trim(raw.Price!.Value), // a price comes from nothing else
            RawUnit = unit?.Name,
            AsOf = asOf,
            AsOfPrecision = precision,
            TradingDate = tradingDate,
            ReceivedAt = now,
            Freshness = raw.Freshness,
            Stale = Staleness.IsStale(asOf, precision, tradingDate, raw.Freshness, venue?.Calendar, now),
            Suspect = Suspicion(raw, listing, unit, price, high, low, previousClose, asOf, tradingDate, venue, now),
            SingleVenue = raw.SingleVenue,
            Session = SessionOfQuote.Find(asOf, precision, raw.Freshness, venue),
        };
    }

    /// <summary>The unit that the answer names, else the instrument table's for this provider, else that of a venue where there is only one
    /// (N19).</summary>
    private static QuoteUnit? UnitOf(RawQuote raw, ProviderListing listing, Venue? venue) =>
        !string.IsNullOrWhiteSpace(raw.Unit) ? QuoteUnit.TryParse(raw.Unit)
        : !string.IsNullOrWhiteSpace(listing.Unit) ? QuoteUnit.TryParse(listing.Unit)
        : venue?.UnitsOf(listing.Symbol.Ticker) is [var only] ? only
        : null;

    /// <summary>The currency must be the instrument's; where that is not known, one that the venue trades in.</summary>
    private static string? CurrencyFault(CurrencyCode currency, ProviderListing listing, Venue? venue)
    {
        if (listing.Currency is { } expected)
        {
            return currency == expected ? null : $"Its currency is {currency}, not {expected}.";
        }

        var units = venue?.UnitsOf(listing.Symbol.Ticker) ?? [];
        return units.Count == 0 || units.Any(unit => unit.Currency == currency)
            ? null
            : $"Its currency is {currency}, not {string.Join(" or ", units.Select(unit => unit.Currency).Distinct())}.";
    }

    /// <summary>Zero is not a price (N3).</summary>
    private static decimal? Price(decimal? value, int perMajor) => value > 0 ? Scaled(value, perMajor) : null;

    private static decimal? Scaled(decimal? value, int perMajor) =>
        value is { } number ? ExactDecimal.Trim(perMajor == 1 ? number : number / perMajor) : null;

    private static decimal? ChangePercent(decimal? given, decimal? change, decimal? previousClose)
    {
        if (given is { } percent)
        {
            return ExactDecimal.Trim(percent);
        }

        return change is { } difference && previousClose is { } close ? ExactDecimal.Percent(difference, close) : null;
    }

    /// <summary>Zero is a volume, unless the day has not even an open: then nothing is known yet (N3).</summary>
    private static long? Volume(decimal? value, decimal? open) =>
        value >= 0 && NumberText.ToWhole(value) is { } whole && (whole > 0 || open is not null) ? whole : null;

    private static string? Suspicion(
        RawQuote raw,
        ProviderListing listing,
        QuoteUnit? unit,
        decimal? price,
        decimal? high,
        decimal? low,
        decimal? previousClose,
        DateTimeOffset? asOf,
        DateOnly? tradingDate,
        Venue? venue,
        DateTimeOffset now
    )
    {
        string? reasons = null;
        if (asOf - now > FutureTolerance || (venue is not null && tradingDate > venue.Calendar.DateAt(now + FutureTolerance)))
        {
            Add("Its time is in the future.");
        }

        if (unit is null)
        {
            Add(ProviderQuote.UnitUnknown);
        }
        else if (CurrencyFault(unit.Value.Currency, listing, venue) is { } fault)
        {
            Add(fault);
        }

        if (high < low)
        {
            Add("Its high is below its low.");
        }

        if (raw.PriceIsOfBar && price is { } inBar && (inBar - high > inBar * RangeTolerance || low - inBar > inBar * RangeTolerance))
        {
            Add("Its price lies outside the range of its own bar.");
        }

        if (raw.Volume < 0)
        {
            Add("Its volume is negative.");
        }

        if (price is { } value && previousClose is { } close && (value / MaxJump > close || close / MaxJump > value))
        {
            Add("Its price is not of the order of its previous close.");
        }

        return reasons;

        void Add(string reason) => reasons = reasons is null ? reason : $"{reasons} {reason}";
    }
}
