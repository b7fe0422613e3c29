using System.Collections.Frozen;
using NodaTime;
using NodaTime.TimeZones;

namespace Quorum.MarketData;

/// <summary>The market of currency pairs. It has no venue: banks trade from Sunday 17:00 to Friday 17:00 in New York, and the trading day
/// changes at 17:00 there.</summary>
internal static class CurrencyMarket
{
    /// <summary>Seven hours ahead of New York, where 17:00 is midnight: each trading day is a date of this clock.</summary>
    private static readonly DateTimeZone Clock = new ShiftedZone(DateTimeZoneProviders.Tzdb["America/New_York"], Offset.FromHours(7));

    private static readonly TradingCalendar Calendar = new(
        new TradingTimes(
            Clock,
            [IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday],
            [new TradingHours(LocalTime.Midnight, LocalTime.Midnight)],
            PreMarket: null,
            PostMarket: null
        ),
        TradingHolidays.Named("currencies")
    );

    /// <summary>The market as a venue, for prices in each currency.</summary>
    private static readonly FrozenDictionary<CurrencyCode, Venue> ByQuoteCurrency = CurrencyCode.All.ToFrozenDictionary(
        currency => currency,
        Create
    );

    public static Venue For(CurrencyPair pair) => ByQuoteCurrency[pair.Quote];

    /// <summary>The tenth of a pip: five decimals, three for prices of tens and hundreds (yen), two above.</summary>
    private static Venue Create(CurrencyCode currency)
    {
        var unit = new QuoteUnit(currency.ToString(), currency, 1);
        return new Venue(FrozenDictionary<ProviderId, string>.Empty, [], PricePrecision.Parse("2 3<1000 5<10", unit))
        {
            Mic = Mic.Parse("XXXX"), // ISO 10383: no market
            Segments = [],
            Name = "Currencies",
            Country = "",
            TimeZone = Clock.Id,
            Currency = currency,
            QuoteUnits = [unit],
            Calendar = Calendar,
            RegularHours = "00:00-24:00",
            Weekdays = "Mon-Fri",
            Holidays = [],
            Suffixes = [],
            BloombergCodes = [],
            VendorNames = [],
        };
    }

    /// <summary>Another zone's clock, put forward by a fixed time.</summary>
    private sealed class ShiftedZone(DateTimeZone zone, Offset shift)
        : DateTimeZone($"{zone.Id}+17:00", isFixed: false, zone.MinOffset + shift, zone.MaxOffset + shift)
    {
        public override ZoneInterval GetZoneInterval(Instant instant)
        {
            var interval = zone.GetZoneInterval(instant);
            return new ZoneInterval(
                interval.Name,
                interval.HasStart ? interval.Start : null,
                interval.HasEnd ? interval.End : null,
                interval.WallOffset + shift,
                interval.Savings
            );
        }
    }
}
