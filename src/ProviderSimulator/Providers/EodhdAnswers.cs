using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>The items of EODHD's answers: a quote as JSON and as CSV, and the one of an unknown ticker.</summary>
internal static class EodhdAnswers
{
    public static void WriteQuote(Call call, Reply reply, ReadOnlySpan<char> symbol, Quote quote, long timestamp)
    {
        var json = reply.Writer;
        json.WriteStartObject();
        var bare = symbol[..symbol.LastIndexOf('.')];
        json.WriteString(
            "code"u8,
            call.Faults.Foreign is { } foreign ? $"{bare}.{foreign.Exchange}"
                : call.Is("no-suffix") ? bare
                : symbol
        );
        if (call.Is("no-price"))
        {
            json.WriteString("timestamp"u8, "NA"u8);
            json.WriteNumber("gmtoffset"u8, 0);
            WriteNotAvailable(reply, "open", "high", "low", "close", "volume");
            reply.Number("previousClose"u8, quote.PreviousClose);
            WriteNotAvailable(reply, "change", "change_p");
            json.WriteEndObject();
            return;
        }

        reply.Time("timestamp"u8, timestamp);
        json.WriteNumber("gmtoffset"u8, call.Is("gmt-offset") ? -18_000 : 0);
        WriteNumber(call, reply, "open"u8, quote.Open);
        WriteNumber(call, reply, "high"u8, quote.High);
        WriteNumber(call, reply, "low"u8, quote.Low);
        WriteNumber(call, reply, "close"u8, quote.Price);
        WriteVolume(call, reply, quote);
        WriteNumber(call, reply, "previousClose"u8, quote.PreviousClose);
        WriteNumber(call, reply, "change"u8, quote.Change);
        WriteNumber(call, reply, "change_p"u8, quote.ChangePercent);
        json.WriteEndObject();
    }

    /// <summary>Appends one line of the CSV form.</summary>
    public static void AppendLine(Reply reply, ReadOnlySpan<char> symbol, Quote quote, long timestamp) =>
        reply.Append(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{symbol},{timestamp},0,{quote.Open},{quote.High},{quote.Low},{quote.Price},{quote.Volume},{quote.PreviousClose},{quote.Change},{quote.ChangePercent}\n"
            )
        );

    public static void WriteNothingKnown(Call call, Reply reply, ReadOnlySpan<char> symbol)
    {
        if (call.Csv)
        {
            reply.Append($"{symbol},NA,NA,NA,NA,NA,NA,NA,NA,NA,NA\n");
            return;
        }

        var json = reply.Writer;
        json.WriteStartObject();
        json.WriteString("code"u8, symbol);
        WriteAllNotAvailable(reply);
        json.WriteEndObject();
    }

    public static void WriteUnknown(Call call, Reply reply, bool codeToo)
    {
        var json = reply.Begin(CallOutcome.Fault);
        json.WriteStartObject();
        json.WriteString("code"u8, codeToo ? "NA" : call.Symbols);
        WriteAllNotAvailable(reply);
        json.WriteEndObject();
    }

    private static void WriteVolume(Call call, Reply reply, Quote quote)
    {
        if (call.Is("null-volume"))
        {
            reply.Writer.WriteNull("volume"u8);
        }
        else if (call.Is("na-volume"))
        {
            WriteNotAvailable(reply, "volume");
        }
        else
        {
            WriteNumber(call, reply, "volume"u8, quote.Volume);
        }
    }

    private static void WriteNumber(Call call, Reply reply, ReadOnlySpan<byte> name, decimal value)
    {
        if (call.Is("numbers-as-text"))
        {
            reply.Quoted(name, value, "0.####");
        }
        else
        {
            reply.Number(name, value);
        }
    }

    private static void WriteAllNotAvailable(Reply reply)
    {
        WriteNotAvailable(reply, "timestamp");
        reply.Writer.WriteNumber("gmtoffset"u8, 0);
        WriteNotAvailable(reply, "open", "high", "low", "close", "volume");
        WriteNotAvailable(reply, "previousClose", "change", "change_p");
    }

    private static void WriteNotAvailable(Reply reply, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            reply.Writer.WriteString(name, "NA");
        }
    }
}
