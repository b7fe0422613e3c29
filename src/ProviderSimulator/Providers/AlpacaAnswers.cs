using System.Buffers.Text;
using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>The bodies of Alpaca's good answers: snapshots, last trades and last quotes, as one feed sees them.</summary>
internal sealed class AlpacaAnswers(Market market)
{
    // IEX is one exchange with a small share of the volume; SIP covers all of them.
    public static readonly Viewpoint Iex = new(5, VolumeShare: 0.021),
        Sip = new(6),
        DelayedSip = new(6, Delay: TimeSpan.FromMinutes(15));

    public void WriteSnapshot(Call call, Reply reply, Quote quote, Viewpoint feed)
    {
        var json = reply.Writer;
        if (call.Is("null-trade"))
        {
            json.WriteNull("latestTrade"u8);
        }
        else
        {
            json.WriteStartObject("latestTrade"u8);
            WriteTrade(call, reply, quote, feed);
            json.WriteEndObject();
        }

        if (call.Is("missing-parts"))
        {
            return;
        }

        json.WriteStartObject("latestQuote"u8);
        WriteBidAndAsk(call, reply, quote, feed);
        json.WriteEndObject();
        WriteBars(call, reply, quote, feed);
    }

    public void WriteTrade(Call call, Reply reply, Quote quote, Viewpoint feed)
    {
        var trivia = market.Trivia(quote.Instrument, quote.TradedAt);
        var json = reply.Writer;
        WriteTime(reply, call.Is("old-trade") ? quote.TradedAt.AddDays(-30) : quote.TradedAt, withNanoseconds: true);
        json.WriteString("x"u8, ExchangeOf(feed));
        reply.Number("p"u8, quote.Price);
        json.WriteNumber("s"u8, 100 * (1 + (trivia % 4)));
        if (call.Is("null-conditions"))
        {
            json.WriteNull("c"u8);
        }
        else
        {
            WriteConditions(reply, "@"u8);
        }

        json.WriteNumber(
            "i"u8,
            call.Is("huge-trade-id") ? ulong.MaxValue - (trivia % 1_000) : 52_983_525_000_000 + (trivia % 1_000_000_000)
        );
        json.WriteString("z"u8, "C"u8);
    }

    public void WriteBidAndAsk(Call call, Reply reply, Quote quote, Viewpoint feed)
    {
        var trivia = market.Trivia(quote.Instrument, quote.TradedAt);
        var noAsk = call.Is("zero-ask");
        var json = reply.Writer;
        WriteTime(reply, quote.TradedAt, withNanoseconds: false);
        json.WriteString("ax"u8, ExchangeOf(feed));
        reply.Number("ap"u8, noAsk ? 0 : quote.Ask);
        json.WriteNumber("as"u8, noAsk ? 0 : 100 * (1 + (trivia % 6)));
        json.WriteString("bx"u8, ExchangeOf(feed));
        reply.Number("bp"u8, quote.Bid);
        json.WriteNumber("bs"u8, 100 * (1 + (trivia % 3)));
        WriteConditions(reply, "R"u8);
        json.WriteString("z"u8, "C"u8);
    }

    private void WriteBars(Call call, Reply reply, Quote quote, Viewpoint feed)
    {
        var json = reply.Writer;
        if (call.Is("null-bars"))
        {
            json.WriteNull("minuteBar"u8);
            json.WriteNull("dailyBar"u8);
            json.WriteNull("prevDailyBar"u8);
            return;
        }

        var calendar = market.CalendarOf(quote.Instrument);
        var before = calendar.Before(quote.Day);
        var (start, minute) = market.MinuteBefore(quote, feed);
        WriteBar(reply, "minuteBar"u8, start, minute.Bent(call.Faults));
        if (call.Is("pre-market"))
        {
            var earlier = calendar.Before(before);
            WriteBar(reply, "dailyBar"u8, before.Midnight, market.SessionBar(quote.Instrument, before, feed).Bent(call.Faults));
            WriteBar(reply, "prevDailyBar"u8, earlier.Midnight, market.SessionBar(quote.Instrument, earlier, feed).Bent(call.Faults));
            return;
        }

        WriteBar(
            reply,
            "dailyBar"u8,
            quote.Day.Midnight,
            new Bar(quote.Open, quote.High, quote.Low, minute.Bent(call.Faults).Close, quote.Volume)
        );
        WriteBar(reply, "prevDailyBar"u8, before.Midnight, market.SessionBar(quote.Instrument, before, feed).BentPrevious(call.Faults));
    }

    private static void WriteBar(Reply reply, ReadOnlySpan<byte> name, DateTimeOffset start, Bar bar)
    {
        var json = reply.Writer;
        json.WriteStartObject(name);
        Span<byte> text = stackalloc byte[20];
        start.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        json.WriteString("t"u8, text[..length]);
        reply.Number("o"u8, bar.Open);
        reply.Number("h"u8, bar.High);
        reply.Number("l"u8, bar.Low);
        reply.Number("c"u8, bar.Close);
        reply.Number("v"u8, bar.Volume);
        json.WriteNumber("n"u8, 1 + (bar.Volume / 80));
        reply.Number("vw"u8, Money.Round((bar.High + bar.Low + bar.Close) / 3, 4));
        json.WriteEndObject();
    }

    private static void WriteConditions(Reply reply, ReadOnlySpan<byte> condition)
    {
        var json = reply.Writer;
        json.WriteStartArray("c"u8);
        json.WriteStringValue(condition);
        json.WriteEndArray();
    }

    /// <summary>Writes RFC 3339 with nine decimals of a second, or with six.</summary>
    private static void WriteTime(Reply reply, DateTimeOffset instant, bool withNanoseconds)
    {
        Span<byte> text = stackalloc byte[32];
        instant.UtcDateTime.TryFormat(
            text,
            out var length,
            withNanoseconds ? "yyyy-MM-ddTHH:mm:ss.fffffff" : "yyyy-MM-ddTHH:mm:ss.ffffff",
            CultureInfo.InvariantCulture
        );
        if (withNanoseconds)
        {
            Utf8Formatter.TryFormat(UnixTime.Below100(instant), text[length..], out var digits, new('D', 2));
            length += digits;
        }

        text[length++] = (byte)'Z';
        reply.Writer.WriteString("t"u8, text[..length]);
    }

    private static ReadOnlySpan<byte> ExchangeOf(Viewpoint feed) => ReferenceEquals(feed, Iex) ? "V"u8 : "Q"u8;
}
