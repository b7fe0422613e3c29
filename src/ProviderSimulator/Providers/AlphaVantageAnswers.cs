using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>The bodies of Alpha Vantage's good answers: a quote as JSON and as CSV, one item of a batch, a currency rate.</summary>
internal static class AlphaVantageAnswers
{
    public static void WriteQuote(Call call, Reply reply, Quote quote)
    {
        var delayed = call.Option == "delayed" || call.Is("delayed-key");
        var json = reply.Begin(CallOutcome.Ok, indented: true);
        json.WriteStartObject();
        json.WriteStartObject(delayed ? "Global Quote - DATA DELAYED BY 15 MINUTES"u8 : "Global Quote"u8);
        json.WriteString(
            "01. symbol"u8,
            call.Faults.Foreign is { } foreign ? $"{call.Symbols.Split('.')[0]}.{foreign.Exchange}" : call.Symbols
        );
        if (call.Is("not-available"))
        {
            json.WriteString("02. open"u8, "None"u8);
            json.WriteString("03. high"u8, "-"u8);
            json.WriteString("04. low"u8, ""u8);
        }
        else
        {
            reply.Quoted("02. open"u8, quote.Open, "F4");
            reply.Quoted("03. high"u8, quote.High, "F4");
            reply.Quoted("04. low"u8, quote.Low, "F4");
        }

        reply.Quoted("05. price"u8, quote.Price, "F4");
        reply.Quoted("06. volume"u8, quote.Volume, "0");
        WriteDate(reply, quote);
        reply.Quoted("08. previous close"u8, quote.PreviousClose, "F4");
        reply.Quoted("09. change"u8, quote.Change, "F4");
        reply.Quoted("10. change percent"u8, quote.ChangePercent, "F4", "%"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteCsv(Call call, Reply reply, Quote quote)
    {
        reply.Raw(StatusCodes.Status200OK, "application/x-download", [], CallOutcome.Ok);
        reply.Append("symbol,open,high,low,price,volume,latestDay,previousClose,change,changePercent\r\n");
        reply.Append(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{call.Symbols},{quote.Open:F4},{quote.High:F4},{quote.Low:F4},{quote.Price:F4},{quote.Volume},{quote.Day.Date:yyyy-MM-dd},{quote.PreviousClose:F4},{quote.Change:F4},{quote.ChangePercent:F4}%\r\n"
            )
        );
    }

    public static void WriteBulkItem(Reply reply, ReadOnlySpan<char> symbol, Quote quote, bool artificial)
    {
        // The sample's numbers are invented, and the same for every symbol.
        var price = artificial ? 100m : quote.Price;
        var previous = artificial ? 99m : quote.PreviousClose;
        var json = reply.Writer;
        json.WriteStartObject();
        json.WriteString("symbol"u8, symbol);
        json.WriteString(
            "timestamp"u8,
            quote.TradedAt.ToOffset(quote.Day.UtcOffset).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)
        );
        reply.Quoted("open"u8, artificial ? price : quote.Open, "0.####");
        reply.Quoted("high"u8, artificial ? price : quote.High, "0.####");
        reply.Quoted("low"u8, artificial ? price : quote.Low, "0.####");
        reply.Quoted("close"u8, price, "0.####");
        reply.Quoted("volume"u8, artificial ? 1_000_000 : quote.Volume, "0");
        reply.Quoted("previous_close"u8, previous, "0.####");
        reply.Quoted("change"u8, price - previous, "0.####");
        reply.Quoted("change_percent"u8, Money.Round((price - previous) * 100 / previous, 4), "0.####");
        json.WriteString("extended_hours_quote"u8, ""u8);
        json.WriteString("extended_hours_change"u8, ""u8);
        json.WriteString("extended_hours_change_percent"u8, ""u8);
        json.WriteEndObject();
    }

    public static void WriteRate(Reply reply, Instrument pair, Quote quote)
    {
        var json = reply.Begin(CallOutcome.Ok, indented: true);
        json.WriteStartObject();
        json.WriteStartObject("Realtime Currency Exchange Rate"u8);
        json.WriteString("1. From_Currency Code"u8, pair.Ticker.AsSpan(0, 3));
        json.WriteString("2. From_Currency Name"u8, pair.Ticker.AsSpan(0, 3));
        json.WriteString("3. To_Currency Code"u8, pair.Ticker.AsSpan(3));
        json.WriteString("4. To_Currency Name"u8, pair.Ticker.AsSpan(3));
        reply.Quoted("5. Exchange Rate"u8, quote.Price, "F8");
        json.WriteString("6. Last Refreshed"u8, quote.TradedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        json.WriteString("7. Time Zone"u8, "UTC"u8);
        reply.Quoted("8. Bid Price"u8, quote.Bid, "F8");
        reply.Quoted("9. Ask Price"u8, quote.Ask, "F8");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDate(Reply reply, Quote quote)
    {
        Span<byte> date = stackalloc byte[10];
        quote.Day.Date.TryFormat(date, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        reply.Writer.WriteString("07. latest trading day"u8, date);
    }
}
