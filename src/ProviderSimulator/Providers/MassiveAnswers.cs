using System.Text.Json;

namespace Quorum.ProviderSimulator;

/// <summary>The bodies of Massive's answers: snapshots, the previous day's bar, the last trade and the last quote.</summary>
internal sealed class MassiveAnswers(Market market)
{
    private static readonly Viewpoint View = new(4),
        Delayed = new(4, Delay: TimeSpan.FromMinutes(15));

    private long _requests;

    /// <summary>Returns the ticker in the vendor's spelling; <see langword="null"/> for an instrument that it does not have.</summary>
    public static string? Spell(Instrument instrument) =>
        instrument.Pair is not null ? "C:" + instrument.Ticker
        : instrument.IsUnitedStates ? instrument.Ticker
        : null;

    public void WriteSnapshot(Call call, Reply reply, Instrument instrument)
    {
        var quote = QuoteOf(call, instrument);
        var cleared = call.Is("cleared");
        var nanoseconds = UnixTime.Nanoseconds(quote.TradedAt);
        var json = reply.Writer;
        json.WriteStartObject();
        json.WriteString("ticker"u8, Spell(instrument));
        reply.Number("todaysChange"u8, cleared ? 0 : quote.Change);
        reply.Number("todaysChangePerc"u8, cleared ? 0 : quote.ChangePercent);
        reply.Time("updated"u8, cleared ? 0 : nanoseconds);
        if (cleared)
        {
            WriteCleared(json);
        }
        else
        {
            json.WriteStartObject("day"u8);
            WriteBar(call, reply, new Bar(quote.Open, quote.High, quote.Low, quote.Price, quote.Volume));
            json.WriteEndObject();
            WriteMinute(call, reply, quote);
        }

        var previous = market.CalendarOf(instrument).Before(quote.Day);
        json.WriteStartObject("prevDay"u8);
        WriteBar(call, reply, market.SessionBar(instrument, previous, View).BentPrevious(call.Faults));
        json.WriteEndObject();
        if (instrument.Pair is not null && !cleared && !call.Is("no-trade-no-quote"))
        {
            json.WriteStartObject("lastQuote"u8);
            reply.Number("a"u8, quote.Ask);
            reply.Number("b"u8, quote.Bid);
            reply.Time("t"u8, quote.TradedAt.ToUnixTimeMilliseconds());
            json.WriteNumber("x"u8, 48);
            json.WriteEndObject();
        }
        else if (!cleared && !call.Is("no-trade-no-quote"))
        {
            WriteTradeAndQuote(call, reply, quote, nanoseconds);
        }

        json.WriteEndObject();
    }

    private void WriteTradeAndQuote(Call call, Reply reply, Quote quote, long nanoseconds)
    {
        var trivia = market.Trivia(quote.Instrument, quote.TradedAt);
        var json = reply.Writer;
        json.WriteStartObject("lastTrade"u8);
        if (call.Is("null-conditions"))
        {
            json.WriteNull("c"u8);
        }
        else
        {
            json.WriteStartArray("c"u8);
            json.WriteNumberValue(14);
            json.WriteNumberValue(41);
            json.WriteEndArray();
        }

        json.WriteString("i"u8, (trivia % 1_000_000).ToString());
        reply.Number("p"u8, call.Is("trade-outside-range") ? quote.High + 1 : quote.Price);
        json.WriteNumber("s"u8, 100 * (1 + (trivia % 5)));
        reply.Time("t"u8, nanoseconds);
        json.WriteNumber("x"u8, 12);
        json.WriteEndObject();
        if (call.Is("no-quote"))
        {
            return;
        }

        json.WriteStartObject("lastQuote"u8);
        reply.Number("P"u8, quote.Ask);
        json.WriteNumber("S"u8, 1 + (trivia % 9));
        reply.Number("p"u8, quote.Bid);
        json.WriteNumber("s"u8, 1 + (trivia % 7));
        reply.Time("t"u8, nanoseconds);
        json.WriteEndObject();
    }

    private void WriteMinute(Call call, Reply reply, Quote quote)
    {
        var (start, bar) = market.MinuteBefore(quote, View);
        var json = reply.Writer;
        json.WriteStartObject("min"u8);
        WriteBar(call, reply, bar.Bent(call.Faults));
        reply.Number("av"u8, quote.Volume);
        json.WriteNumber("n"u8, 1 + (bar.Volume / 80));
        reply.Time("t"u8, start.ToUnixTimeMilliseconds());
        json.WriteEndObject();
    }

    private static void WriteBar(Call call, Reply reply, Bar bar)
    {
        reply.Number("o"u8, bar.Open);
        reply.Number("h"u8, bar.High);
        reply.Number("l"u8, bar.Low);
        reply.Number("c"u8, bar.Close);
        if (call.Is("fraction-volume"))
        {
            reply.Writer.WritePropertyName("v"u8);
            reply.Writer.WriteRawValue(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bar.Volume / 1e7:0.0000000}E7"));
        }
        else
        {
            reply.Number("v"u8, bar.Volume);
        }

        reply.Number("vw"u8, Money.Round((bar.High + bar.Low + bar.Close) / 3, 4));
    }

    private static void WriteCleared(Utf8JsonWriter json)
    {
        json.WritePropertyName("day"u8);
        json.WriteRawValue("""{"o":0,"h":0,"l":0,"c":0,"v":0,"vw":0}"""u8, skipInputValidation: true);
        json.WritePropertyName("min"u8);
        json.WriteRawValue("""{"av":0,"t":0,"n":0,"o":0,"h":0,"l":0,"c":0,"v":0,"vw":0}"""u8, skipInputValidation: true);
    }

    public void WritePreviousDay(Call call, Reply reply, Instrument? instrument)
    {
        var count = instrument is null ? 0 : 1;
        var json = reply.Begin(instrument is null ? CallOutcome.UnknownSymbol : CallOutcome.Ok);
        json.WriteStartObject();
        json.WriteString("ticker"u8, call.Symbols);
        json.WriteNumber("queryCount"u8, count);
        json.WriteNumber("resultsCount"u8, count);
        json.WriteBoolean("adjusted"u8, value: true);
        if (instrument is not null)
        {
            var day = market.CalendarOf(instrument).LastComplete(call.QuoteClock);
            json.WriteStartArray("results"u8);
            json.WriteStartObject();
            json.WriteString("T"u8, Spell(instrument));
            WriteBar(call, reply, market.SessionBar(instrument, day, View).Bent(call.Faults));
            // Documented as the window's start; in the samples it is 16:00 New York, and for currencies the end of the day in UTC.
            var time = instrument.Pair is null
                ? day.Midnight.AddHours(16)
                : new DateTimeOffset(day.Date.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero).AddMilliseconds(-1);
            reply.Time("t"u8, time.ToUnixTimeMilliseconds());
            json.WriteNumber("n"u8, instrument.DailyVolume / 100);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("status"u8, "OK"u8);
        json.WriteString("request_id"u8, NextRequestId());
        json.WriteNumber("count"u8, count);
        json.WriteEndObject();
    }

    public void WriteLastTrade(Call call, Reply reply, Instrument instrument)
    {
        var quote = QuoteOf(call, instrument);
        var trivia = market.Trivia(quote.Instrument, quote.TradedAt);
        var nanoseconds = UnixTime.Nanoseconds(quote.TradedAt);
        var json = Begin(call, reply, CallOutcome.Ok);
        json.WriteStartObject("results"u8);
        json.WriteString("T"u8, quote.Instrument.Ticker);
        json.WriteString("i"u8, (trivia % 1_000_000).ToString());
        reply.Number("p"u8, quote.Price);
        json.WriteNumber("s"u8, 100 * (1 + (trivia % 5)));
        reply.Time("t"u8, nanoseconds);
        reply.Time("y"u8, nanoseconds - 112_000);
        json.WriteNumber("x"u8, 12);
        json.WriteNumber("z"u8, 3);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void WriteLastQuote(Call call, Reply reply, Instrument instrument)
    {
        var quote = QuoteOf(call, instrument);
        var json = Begin(call, reply, CallOutcome.Ok);
        json.WriteStartObject("results"u8);
        json.WriteString("T"u8, quote.Instrument.Ticker);
        reply.Number("p"u8, quote.Bid);
        json.WriteNumber("s"u8, 3);
        reply.Number("P"u8, quote.Ask);
        json.WriteNumber("S"u8, 4);
        reply.Time("t"u8, UnixTime.Nanoseconds(quote.TradedAt));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private Quote QuoteOf(Call call, Instrument instrument) =>
        market.QuoteAt(instrument, call.QuoteClock, call.Is("delayed") ? Delayed : View).Bent(call);

    /// <summary>Begins an answer: its object is open, with status and request id.</summary>
    public Utf8JsonWriter Begin(Call call, Reply reply, CallOutcome outcome)
    {
        var json = reply.Begin(outcome);
        json.WriteStartObject();
        json.WriteString("status"u8, call.Is("delayed") ? "DELAYED"u8 : "OK"u8);
        json.WriteString("request_id"u8, NextRequestId());
        return json;
    }

    /// <summary>Returns 32 hexadecimal digits.</summary>
    public string NextRequestId()
    {
        var n = Interlocked.Increment(ref _requests);
        return $"{Noise.Bits(0, n, 0):x16}{Noise.Bits(0, n, 1):x16}";
    }
}
