using System.Buffers.Text;
using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>
/// Alpaca Market Data, stock snapshots: US only, two key headers, a choice of feed, a map in which any value may be null, and one unlisted
/// symbol fails the whole batch.
/// </summary>
/// <remarks>https://docs.alpaca.markets/reference/stocksnapshots-1, https://docs.alpaca.markets/docs/market-data-faq</remarks>
internal sealed class AlpacaWire(Market market) : IProviderWire
{
    private const string Stocks = "/v2/stocks/",
        Snapshot = "/snapshot";
    private const string Forbidden = "forbidden.",
        NoRecentSip = "subscription does not permit querying recent SIP data",
        TooMany = "too many requests.";

    // IEX is one exchange with a small share of the volume; SIP covers all of them.
    private static readonly Viewpoint Iex = new(5, VolumeShare: 0.021),
        Sip = new(6),
        DelayedSip = new(6, Delay: TimeSpan.FromMinutes(15));

    public Provider Provider => Provider.Alpaca;

    public Listings Listings { get; } = new(market.Instruments, instrument => instrument.IsUnitedStates ? [instrument.Ticker] : []);

    public IReadOnlyDictionary<string, Shape> Shapes { get; } =
        Shape.Table(
            new("null-symbol", "Each symbol is null: well-formed, but without data"),
            new("missing-symbol", "No symbol is in the map"),
            new("null-bars", "minuteBar, dailyBar and prevDailyBar are null"),
            new("null-trade", "latestTrade is null"),
            new("missing-parts", "Only latestTrade is there"),
            new("pre-market", "Before the first trade of the session: dailyBar is yesterday's, prevDailyBar the day's before"),
            new("zero-ask", "ap and as are 0: no ask"),
            new("old-trade", "latestTrade is a month old"),
            new("null-conditions", "latestTrade.c is null"),
            new("huge-trade-id", "latestTrade.i beyond Int64"),
            new("no-rate-headers", "Without the X-RateLimit headers, on good answers and on 429"),
            new(
                "forbidden-401",
                "Wrong or no keys, as the specification has it",
                (_, reply) => reply.Message(CallOutcome.Fault, 401, ("message", Forbidden))
            ),
            Shape.Fixed("forbidden", "Wrong or no keys", 403, Reply.Json, """{"message": "forbidden."}"""),
            Shape.Fixed("no-sip", "The feed is not in the plan", 403, Reply.Json, $$"""{"message":"{{NoRecentSip}}"}"""),
            Shape.Fixed("rate-limited", "Too many calls, without any header", 429, Reply.Json, """{"message": "too many requests."}"""),
            new(
                "invalid-symbol",
                "400 that names the first symbol",
                (call, reply) => InvalidSymbol(reply, FirstOf(call.Symbols), CallOutcome.Fault)
            ),
            new(
                "invalid-symbol-code",
                "400 that names the first symbol, with a numeric code",
                (call, reply) =>
                {
                    var json = reply.Begin(CallOutcome.Fault, 400);
                    json.WriteStartObject();
                    json.WriteNumber("code"u8, 40010001);
                    json.WriteString("message"u8, $"invalid symbol: {FirstOf(call.Symbols)}");
                    json.WriteEndObject();
                }
            ),
            Shape.Fixed("server-error", "500", 500, Reply.Json, """{"message":"internal server error"}"""),
            Shape.Fixed("bad-gateway", "502 with an HTML page", 502, Reply.Html, Pages.Proxy(502)),
            Shape.Fixed("gateway-timeout", "504 with an HTML page", 504, Reply.Html, Pages.Proxy(504))
        );

    public void Read(ReadOnlySpan<char> path, HttpRequest request, Call call)
    {
        call.Key = request.Header("APCA-API-KEY-ID");
        call.Secret = request.Header("APCA-API-SECRET-KEY");
        call.Key = call.Secret is null ? null : call.Key;
        call.Option = request.Find("feed");
        if (!path.StartsWith(Stocks))
        {
            return;
        }

        var rest = path[Stocks.Length..];
        if (rest.EndsWith(Snapshot) && !rest[..^Snapshot.Length].Contains('/'))
        {
            call.Symbols = rest[..^Snapshot.Length].ToString();
            call.Form = CallForm.One;
            return;
        }

        call.Symbols = request.Find("symbols") ?? "";
        call.SymbolCount = QueryParameters.CountSymbols(call.Symbols);
        call.Form = rest switch
        {
            "snapshots" or "trades/latest" or "quotes/latest" when call.Symbols.Length == 0 => CallForm.Bad,
            "snapshots" => CallForm.Many,
            "trades/latest" => CallForm.LastTrade,
            "quotes/latest" => CallForm.LastQuote,
            _ => CallForm.None,
        };
    }

    public void Answer(Call call, Reply reply)
    {
        if (call.Form == CallForm.Bad)
        {
            reply.Message(CallOutcome.BadRequest, StatusCodes.Status400BadRequest, ("message", "code=400, message=symbols is required"));
            return;
        }

        if (FeedOf(call) is not { } feed)
        {
            reply.Message(
                CallOutcome.BadRequest,
                StatusCodes.Status400BadRequest,
                ("message", $"code=400, message=invalid feed: {call.Option}")
            );
            return;
        }

        if (call.Plan == Plan.Free && ReferenceEquals(feed, Sip))
        {
            reply.Message(CallOutcome.PlanRestricted, StatusCodes.Status403Forbidden, ("message", NoRecentSip));
            return;
        }

        if (FirstUnlisted(call.Symbols) is { } unlisted)
        {
            InvalidSymbol(reply, unlisted, CallOutcome.UnknownSymbol);
            return;
        }

        if (call.Form == CallForm.One)
        {
            AnswerOne(call, reply, feed);
        }
        else
        {
            AnswerMany(call, reply, feed);
        }
    }

    public void RefuseKey(Call call, Reply reply) =>
        reply.Message(CallOutcome.InvalidKey, StatusCodes.Status403Forbidden, ("message", Forbidden));

    public void RefusePlan(Call call, Reply reply) =>
        reply.Message(CallOutcome.PlanRestricted, StatusCodes.Status403Forbidden, ("message", NoRecentSip));

    public void RefuseQuota(Call call, Reply reply) =>
        reply.Message(CallOutcome.RateLimited, StatusCodes.Status429TooManyRequests, ("message", TooMany));

    public void Fail(int status, Reply reply)
    {
        var text = status switch
        {
            401 or 403 => Forbidden,
            429 => TooMany,
            500 => "internal server error",
            _ => null,
        };
        if (text is null)
        {
            reply.Raw(status, Reply.Html, System.Text.Encoding.UTF8.GetBytes(Pages.Proxy(status)), CallOutcome.Fault);
            return;
        }

        reply.Message(CallOutcome.Fault, status, ("message", text));
    }

    public void WriteRateHeaders(Call call, Reply reply)
    {
        if (call.Quota.Minute is not { } minute || call.Is("no-rate-headers"))
        {
            return;
        }

        reply.Header("X-RateLimit-Limit", minute.Limit.Limit.ToString());
        reply.Header("X-RateLimit-Remaining", minute.Remaining.ToString());
        reply.Header("X-RateLimit-Reset", UnixTime.CeilingSeconds(minute.Reset).ToString());
    }

    private void AnswerOne(Call call, Reply reply, Viewpoint feed)
    {
        var json = reply.Begin(CallOutcome.Ok);
        json.WriteStartObject();
        json.WriteString("symbol"u8, call.Symbols);
        WriteSnapshot(call, reply, call.Symbols, feed);
        json.WriteEndObject();
    }

    private void AnswerMany(Call call, Reply reply, Viewpoint feed)
    {
        var json = reply.Begin(CallOutcome.Ok);
        json.WriteStartObject();
        if (call.Form != CallForm.Many)
        {
            json.WriteStartObject(call.Form == CallForm.LastTrade ? "trades"u8 : "quotes"u8);
        }

        var symbols = call.Symbols.AsSpan();
        foreach (var range in call.Is("missing-symbol") ? default : symbols.Split(','))
        {
            json.WritePropertyName(symbols[range]);
            WriteItem(call, reply, symbols[range], feed);
        }

        if (call.Form != CallForm.Many)
        {
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteItem(Call call, Reply reply, ReadOnlySpan<char> symbol, Viewpoint feed)
    {
        var json = reply.Writer;
        if (call.Is("null-symbol"))
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        switch (call.Form)
        {
            case CallForm.LastTrade:
                WriteTrade(call, reply, QuoteOf(call, symbol, feed), feed);
                break;
            case CallForm.LastQuote:
                WriteBidAndAsk(call, reply, QuoteOf(call, symbol, feed), feed);
                break;
            default:
                WriteSnapshot(call, reply, symbol, feed);
                break;
        }

        json.WriteEndObject();
    }

    private void WriteSnapshot(Call call, Reply reply, ReadOnlySpan<char> symbol, Viewpoint feed)
    {
        var quote = QuoteOf(call, symbol, feed);
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

    private void WriteTrade(Call call, Reply reply, Quote quote, Viewpoint feed)
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

    private void WriteBidAndAsk(Call call, Reply reply, Quote quote, Viewpoint feed)
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

    /// <returns><see langword="null"/> for a feed that does not exist or has none of our instruments.</returns>
    private static Viewpoint? FeedOf(Call call) =>
        call.Option switch
        {
            null => call.Plan == Plan.Free ? Iex : Sip,
            "iex" => Iex,
            "sip" => Sip,
            "delayed_sip" => DelayedSip,
            _ => null,
        };

    private static ReadOnlySpan<byte> ExchangeOf(Viewpoint feed) => ReferenceEquals(feed, Iex) ? "V"u8 : "Q"u8;

    private string? FirstUnlisted(ReadOnlySpan<char> symbols)
    {
        foreach (var range in symbols.Split(','))
        {
            if (Listings.Find(symbols[range]) is null)
            {
                return symbols[range].ToString();
            }
        }

        return null;
    }

    private Quote QuoteOf(Call call, ReadOnlySpan<char> symbol, Viewpoint feed) =>
        // The symbols were looked up before anything was written.
        market.QuoteAt(Listings.Find(symbol)!, call.QuoteClock, feed).Bent(call);

    private static void InvalidSymbol(Reply reply, string symbol, CallOutcome outcome) =>
        reply.Message(outcome, StatusCodes.Status400BadRequest, ("message", $"code=400, message=invalid symbol: {symbol}"));

    private static string FirstOf(string symbols) => symbols.Split(',', 2)[0];
}
