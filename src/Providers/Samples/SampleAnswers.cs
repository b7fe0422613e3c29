using System.Globalization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>A provider's answer for AAPL, in its documented form, as if it came now.</summary>
internal static class SampleAnswers
{
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    public static string Of(ProviderId provider, DateTimeOffset now)
    {
        var (seconds, time, day) = (
            now.ToUnixTimeSeconds(),
            now.UtcDateTime.ToString("s", CultureInfo.InvariantCulture) + "Z",
            now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        );
        return provider == ProviderId.Finnhub
                ? $$$$"""{"c":209.07,"d":-0.33,"dp":-0.1576,"h":209.53,"l":208.05,"o":208.05,"pc":209.4,"t":{{{{seconds}}}}}"""
            : provider == ProviderId.AlphaVantage
                ? $$$$"""
                    {
                        "Global Quote": {
                            "01. symbol": "AAPL",
                            "02. open": "208.0500",
                            "03. high": "209.5300",
                            "04. low": "208.0500",
                            "05. price": "209.0700",
                            "06. volume": "24089182",
                            "07. latest trading day": "{{{{day}}}}",
                            "08. previous close": "209.4000",
                            "09. change": "-0.3300",
                            "10. change percent": "-0.1576%"
                        }
                    }
                    """
            : provider == ProviderId.TwelveData
                ? $$$$"""
                    {"symbol":"AAPL","name":"Apple Inc.","exchange":"NASDAQ","mic_code":"XNGS","currency":"USD","datetime":"{{{{day}}}}","timestamp":{{{{seconds}}}},
                    "last_quote_at":{{{{seconds}}}},"open":"208.05","high":"209.53","low":"208.05","close":"209.07","volume":"24089182",
                    "previous_close":"209.4","change":"-0.33","percent_change":"-0.1576","average_volume":"57679346","is_market_open":true,
                    "fifty_two_week":{"low":"164.07","high":"237.23","low_change":"45.00","high_change":"-28.16","low_change_percent":"27.43",
                    "high_change_percent":"-11.87","range":"164.07 - 237.23"}}
                    """
            : provider == ProviderId.Massive
                ? $$$$"""
                    {"status":"OK","request_id":"116f1a3b1230cc49363f6b3564574faa","ticker":{"ticker":"AAPL","todaysChange":-0.33,"todaysChangePerc":-0.1576,
                    "updated":{{{{seconds}}}}000000000,"day":{"o":208.05,"h":209.53,"l":208.05,"c":209.07,"v":24089182,"vw":208.88},
                    "min":{"o":209.09,"h":209.09,"l":209.05,"c":209.07,"v":170694,"vw":209.0633,"av":24089182,"n":2134,"t":{{{{seconds}}}}000},
                    "prevDay":{"o":211.17,"h":211.24,"l":209.19,"c":209.4,"v":57679346,"vw":209.9433},
                    "lastTrade":{"c":[14,41],"i":"867808","p":209.07,"s":400,"t":{{{{seconds}}}}000000000,"x":12},
                    "lastQuote":{"P":209.08,"S":2,"p":209.06,"s":7,"t":{{{{seconds}}}}000000000}}}
                    """
            : provider == ProviderId.Alpaca
                ? $$$$"""
                    {"AAPL":{"latestTrade":{"t":"{{{{time}}}}","x":"Q","p":209.07,"s":200,"c":["@"],"i":52983618283953,"z":"C"},
                    "latestQuote":{"t":"{{{{time}}}}","ax":"Q","ap":209.08,"as":200,"bx":"Q","bp":209.06,"bs":200,"c":["R"],"z":"C"},
                    "minuteBar":{"t":"{{{{time}}}}","o":209.1,"h":209.1,"l":209.06,"c":209.07,"v":170694,"n":2134,"vw":209.0733},
                    "dailyBar":{"t":"{{{{time}}}}","o":208.05,"h":209.53,"l":208.05,"c":209.07,"v":24089264,"n":301116,"vw":208.88},
                    "prevDailyBar":{"t":"{{{{time}}}}","o":211.17,"h":211.24,"l":209.19,"c":209.4,"v":57679346,"n":720992,"vw":209.9433}}}
                    """
            : provider == ProviderId.Eodhd
                ? $$$$"""
                    {"code":"AAPL.US","timestamp":{{{{seconds}}}},"gmtoffset":0,"open":208.05,"high":209.53,"low":208.05,"close":209.07,"volume":24089182,
                    "previousClose":209.4,"change":-0.33,"change_p":-0.1576}
                    """
            : throw new ArgumentException($"There is no provider '{provider}'.", nameof(provider));
    }
}
