using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>The bodies of Twelve Data's good answers: a quote as JSON, alone or in a batch, and as CSV.</summary>
internal static class TwelveDataAnswers
{
    public static void WriteQuote(Call call, Reply reply, Quote quote)
    {
        var (exchange, mic) = ExchangeOf(quote.Instrument.Venue);
        var bare = call.Is("old-answer");
        var json = reply.Writer;
        json.WriteStartObject();
        json.WriteString("symbol"u8, quote.Instrument.PairName ?? quote.Instrument.Ticker);
        json.WriteString("name"u8, quote.Instrument.Name);
        json.WriteString("exchange"u8, call.Faults.Foreign?.Exchange ?? exchange);
        var isPair = quote.Instrument.Pair is not null;
        if (!isPair)
        {
            json.WriteString("mic_code"u8, call.Faults.Foreign?.Mic ?? mic);
        }

        if (!call.Faults.NoUnit && !isPair)
        {
            json.WriteString("currency"u8, call.Faults.Currency ?? CurrencyOf(quote.Instrument.Venue));
        }

        WriteDate(reply, quote);
        if (!bare)
        {
            reply.Time("timestamp"u8, quote.Day.Open.ToUnixTimeSeconds());
            if (!call.Is("no-last-quote-at"))
            {
                reply.Time("last_quote_at"u8, LastMinute(quote));
            }
        }

        WriteNumbers(call, reply, quote);
        if (!bare)
        {
            json.WriteBoolean("is_market_open"u8, quote.IsOpen);
        }

        WriteYear(call, reply, quote);
        json.WriteEndObject();
    }

    public static void WriteCsv(Call call, Reply reply, Quote quote)
    {
        var (exchange, mic) = ExchangeOf(quote.Instrument.Venue);
        (exchange, mic) = call.Faults.Foreign is { } foreign ? (foreign.Exchange, foreign.Mic) : (exchange, mic);
        var currency = call.Faults.NoUnit ? "" : call.Faults.Currency ?? CurrencyOf(quote.Instrument.Venue);
        reply.Raw(StatusCodes.Status200OK, Reply.Csv, [], CallOutcome.Ok);
        reply.Append("symbol;name;exchange;mic_code;currency;datetime;timestamp;last_quote_at;open;high;low;close;volume;previous_close\n");
        reply.Append(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{quote.Instrument.PairName ?? quote.Instrument.Ticker};{quote.Instrument.Name};{exchange};{mic};{currency};{quote.Day.Date:yyyy-MM-dd};{quote.Day.Open.ToUnixTimeSeconds()};{LastMinute(quote)};"
            )
        );
        reply.Append(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Single(quote.Open):F5};{Single(quote.High):F5};{Single(quote.Low):F5};{Single(quote.Price):F5};{quote.Volume};{Single(quote.PreviousClose):F5}\n"
            )
        );
    }

    public static (string Exchange, string Mic) ExchangeOf(Venue venue) =>
        venue.Mic switch
        {
            "XNAS" => ("NASDAQ", "XNGS"),
            "XNYS" => ("NYSE", "XNYS"),
            "ARCX" => ("NYSE", "ARCX"),
            "XLON" => ("LSE", "XLON"),
            "XPAR" or "XAMS" or "XBRU" => ("Euronext", venue.Mic),
            "XMIL" => ("MTA", "XMIL"),
            "XMAD" => ("BME", "XMAD"),
            "XSWX" => ("SIX", "XSWX"),
            "XSTO" => ("OMX", "XSTO"),
            "XCSE" => ("OMXC", "XCSE"),
            "XTSE" => ("TSX", "XTSE"),
            "XTKS" => ("JPX", "XTKS"),
            "XHKG" => ("HKEX", "XHKG"),
            "XASX" => ("ASX", "XASX"),
            "XJSE" => ("JSE", "XJSE"),
            "XXXX" => ("Forex", ""),
            var mic => (mic[1..], mic),
        };

    private static void WriteNumbers(Call call, Reply reply, Quote quote)
    {
        var format = FormatOf(call);
        var (close, previous) = (Single(quote.Price), Single(quote.PreviousClose));
        if (call.Is("nulls"))
        {
            reply.Writer.WriteString("open"u8, "NaN"u8);
            reply.Writer.WriteNull("high"u8);
            reply.Writer.WriteNull("low"u8);
        }
        else
        {
            reply.Quoted("open"u8, Single(quote.Open), format);
            reply.Quoted("high"u8, Single(quote.High), format);
            reply.Quoted("low"u8, Single(quote.Low), format);
        }

        reply.Quoted("close"u8, close, format);
        if (call.Is("nulls"))
        {
            reply.Writer.WriteNull("volume"u8);
        }
        else if (!call.Is("no-volume"))
        {
            reply.Quoted("volume"u8, quote.Volume, "0");
        }

        reply.Quoted("previous_close"u8, previous, format);
        reply.Quoted("change"u8, close - previous, format);
        reply.Quoted("percent_change"u8, (close - previous) * 100 / previous, format);
        if (!call.Is("no-volume"))
        {
            reply.Quoted("average_volume"u8, quote.Instrument.DailyVolume, "0");
        }
    }

    private static void WriteYear(Call call, Reply reply, Quote quote)
    {
        var format = FormatOf(call);
        var close = Single(quote.Price);
        var (low, high) = (
            Single(Money.Round(quote.Instrument.BasePrice * 0.79, Math.Max(2, quote.Instrument.Decimals))),
            Single(Money.Round(quote.Instrument.BasePrice * 1.21, Math.Max(2, quote.Instrument.Decimals)))
        );
        var json = reply.Writer;
        json.WriteStartObject("fifty_two_week"u8);
        reply.Quoted("low"u8, low, format);
        reply.Quoted("high"u8, high, format);
        reply.Quoted("low_change"u8, close - low, format);
        reply.Quoted("high_change"u8, close - high, format);
        reply.Quoted("low_change_percent"u8, (close - low) * 100 / low, format);
        reply.Quoted("high_change_percent"u8, (close - high) * 100 / high, format);
        json.WriteString("range"u8, string.Create(CultureInfo.InvariantCulture, $"{low:F6} - {high:F6}"));
        json.WriteEndObject();
    }

    private static void WriteDate(Reply reply, Quote quote)
    {
        Span<byte> date = stackalloc byte[10];
        quote.Day.Date.TryFormat(date, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        reply.Writer.WriteString("datetime"u8, date);
    }

    private static string FormatOf(Call call) => call.Decimals is { } decimals ? $"F{decimals}" : "F5";

    /// <summary>Returns the number as a 32-bit float, as the vendor's prices are: 214.29 is written 214.28999.</summary>
    private static double Single(decimal value) => (float)value;

    private static long LastMinute(Quote quote) => quote.TradedAt.ToUnixTimeSeconds() / 60 * 60;

    private static string CurrencyOf(Venue venue) =>
        venue.Unit switch
        {
            "GBX" => "GBp",
            "ZAC" => "ZAc",
            var unit => unit,
        };
}
