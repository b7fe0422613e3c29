using System.Text.Json;

namespace Quorum.ProviderSimulator;

/// <summary>Massive (formerly Polygon.io), stock snapshots: US only, nested objects whose one-letter names differ by case, nanoseconds. And
/// snapshots of currencies, <c>C:EURUSD</c>, with quotes but no trades.</summary>
/// <remarks>https://massive.com/docs/rest/forex/snapshots/single-ticker-snapshot,
/// https://massive.com/docs/rest/stocks/snapshots/single-ticker-snapshot,
/// https://massive.com/docs/rest/stocks/aggregates/previous-day-bar</remarks>
internal sealed class MassiveWire(Market market) : IProviderWire
{
    private const string Tickers = "/v2/snapshot/locale/us/markets/stocks/tickers",
        Currencies = "/v2/snapshot/locale/global/markets/forex/tickers/",
        Aggregates = "/v2/aggs/ticker/",
        PreviousDay = "/prev",
        LastTrade = "/v2/last/trade/",
        LastQuote = "/v2/last/nbbo/";

    private const string NotFound = "Ticker not found.",
        NotEntitled = "You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing";
    private const string TooMany =
        "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://massive.com/pricing";

    private static readonly Viewpoint View = new(4),
        Delayed = new(4, Delay: TimeSpan.FromMinutes(15));

    private long _requests;

    public Provider Provider => Provider.Massive;

    public Listings Listings { get; } = new(market.Instruments, instrument => Spell(instrument) is { } spelling ? [spelling] : []);

    public IReadOnlyDictionary<string, Shape> Shapes { get; } =
        Shape.Table(
            new("no-trade-no-quote", "Without lastTrade and lastQuote, as on plans without them"),
            new("no-quote", "Without lastQuote"),
            new("delayed", "Status DELAYED, 15 minutes behind"),
            new("cleared", "All zeros, as between 3:30 and 4:00 New York time and at weekends"),
            new("null-conditions", "lastTrade.c is null"),
            new("fraction-volume", "Volumes with a fraction or an exponent"),
            new("trade-outside-range", "lastTrade.p above the day's high"),
            Shape.Fixed(
                "not-found",
                "Unknown ticker",
                404,
                Reply.Json,
                $$"""{"status":"NOT_FOUND","request_id":"5d2ac8a3bd9ecb1a9ae8d6f5d2d4d2a9","message":"{{NotFound}}"}"""
            ),
            Shape.Fixed(
                "not-found-old",
                "The older form, also for known tickers while cleared",
                404,
                Reply.Json,
                """{"status":"NotFound"}"""
            ),
            Shape.Fixed("route-fault", "404 in plain text: no such route", 404, Reply.Text, Pages.RouteNotFound),
            Shape.Fixed(
                "no-key",
                "No key",
                401,
                Reply.Json,
                """{"status":"ERROR","request_id":"6a7e466379af0a71039d60cc78e72282","error":"API Key was not provided"}"""
            ),
            Shape.Fixed(
                "wrong-key",
                "Wrong key",
                401,
                Reply.Json,
                """{"status":"ERROR","request_id":"6a7e466379af0a71039d60cc78e72282","error":"Unknown API Key"}"""
            ),
            Shape.Fixed(
                "not-authorized",
                "Not in the plan",
                403,
                Reply.Json,
                $$"""{"status":"NOT_AUTHORIZED","request_id":"6a7e466379af0a71039d60cc78e72282","message":"{{NotEntitled}}"}"""
            ),
            Shape.Fixed(
                "not-authorized-error",
                "Not in the plan, with status ERROR",
                403,
                Reply.Json,
                $$"""{"status":"ERROR","request_id":"6a7e466379af0a71039d60cc78e72282","error":"{{NotEntitled}}"}"""
            ),
            Shape.Fixed(
                "rate-limited",
                "Too many calls",
                429,
                Reply.Json,
                $$"""{"status":"ERROR","request_id":"6a7e466379af0a71039d60cc78e72282","error":"{{TooMany}}"}"""
            ),
            Shape.Fixed("rate-limited-empty", "Too many calls, without a body", 429, Reply.Json, ""),
            Shape.Fixed(
                "rate-limited-200",
                "Too many calls, with status 200",
                200,
                Reply.Json,
                $$"""{"status":"ERROR","error":"{{TooMany}}"}"""
            ),
            Shape.Fixed("server-error", "500 in JSON", 500, Reply.Json, """{"status":"ERROR","error":"internal server error"}"""),
            Shape.Fixed("server-error-html", "502 with an HTML page", 502, Reply.Html, Pages.Proxy(502)),
            Shape.Fixed("server-error-empty", "504 with an empty body", 504, Reply.Text, ""),
            Shape.Fixed(
                "no-previous-day",
                "A previous-day answer without results",
                200,
                Reply.Json,
                """{"ticker":"AAPL","queryCount":0,"resultsCount":0,"adjusted":true,"status":"OK","request_id":"6a7e466379af0a71039d60cc78e72282","count":0}"""
            )
        );

    public void Read(ReadOnlySpan<char> path, HttpRequest request, Call call)
    {
        const string scheme = "Bearer ";
        var authorization = request.Header("Authorization");
        call.Key =
            authorization is null ? request.Find("apiKey")
            : authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? authorization[scheme.Length..].Trim()
            : "";

        if (path.SequenceEqual(Tickers))
        {
            call.Form = CallForm.Many;
            call.Symbols = request.Find("tickers") ?? "";
            call.SymbolCount = QueryParameters.CountSymbols(call.Symbols);
        }
        else if (path.StartsWith(Tickers) && path[Tickers.Length] == '/')
        {
            ReadOne(path[(Tickers.Length + 1)..], CallForm.One, call);
        }
        else if (path.StartsWith(Currencies))
        {
            ReadOne(path[Currencies.Length..], CallForm.Rate, call);
        }
        else if (path.StartsWith(Aggregates) && path.EndsWith(PreviousDay))
        {
            ReadOne(path[Aggregates.Length..^PreviousDay.Length], CallForm.PreviousDay, call);
        }
        else if (path.StartsWith(LastTrade))
        {
            ReadOne(path[LastTrade.Length..], CallForm.LastTrade, call);
        }
        else if (path.StartsWith(LastQuote))
        {
            ReadOne(path[LastQuote.Length..], CallForm.LastQuote, call);
        }
    }

    public void Answer(Call call, Reply reply)
    {
        // The free plan has end-of-day data only.
        if (call.Plan == Plan.Free && call.Form != CallForm.PreviousDay)
        {
            RefusePlan(call, reply);
            return;
        }

        if (call.Form == CallForm.Many)
        {
            AnswerMany(call, reply);
        }
        else if (Listings.Find(call.Symbols) is { } instrument && IsOf(call.Form, instrument))
        {
            AnswerOne(call, reply, instrument);
        }
        else if (call.Form == CallForm.PreviousDay)
        {
            WritePreviousDay(call, reply, null);
        }
        else
        {
            reply.Message(
                CallOutcome.UnknownSymbol,
                StatusCodes.Status404NotFound,
                ("status", "NOT_FOUND"),
                ("request_id", NextRequestId()),
                ("message", NotFound)
            );
        }
    }

    public void RefuseKey(Call call, Reply reply) =>
        reply.Message(
            CallOutcome.InvalidKey,
            StatusCodes.Status401Unauthorized,
            ("status", "ERROR"),
            ("request_id", NextRequestId()),
            ("error", call.Standing is KeyStanding.Missing or KeyStanding.Empty ? "API Key was not provided" : "Unknown API Key")
        );

    public void RefusePlan(Call call, Reply reply) =>
        reply.Message(
            CallOutcome.PlanRestricted,
            StatusCodes.Status403Forbidden,
            ("status", "NOT_AUTHORIZED"),
            ("request_id", NextRequestId()),
            ("message", NotEntitled)
        );

    public void RefuseQuota(Call call, Reply reply) =>
        reply.Message(
            CallOutcome.RateLimited,
            StatusCodes.Status429TooManyRequests,
            ("status", "ERROR"),
            ("request_id", NextRequestId()),
            ("error", TooMany)
        );

    public void Fail(int status, Reply reply)
    {
        var (word, member, text) = status switch
        {
            401 => ("ERROR", "error", "Unknown API Key"),
            403 => ("NOT_AUTHORIZED", "message", NotEntitled),
            404 => ("NOT_FOUND", "message", NotFound),
            429 => ("ERROR", "error", TooMany),
            _ => ("ERROR", "error", "internal server error"),
        };
        reply.Message(CallOutcome.Fault, status, ("status", word), ("request_id", NextRequestId()), (member, text));
    }

    /// <summary>Does nothing: the vendor sends no rate headers.</summary>
    public void WriteRateHeaders(Call call, Reply reply) { }

    private static string? Spell(Instrument instrument) =>
        instrument.Pair is not null ? "C:" + instrument.Ticker
        : instrument.IsUnitedStates ? instrument.Ticker
        : null;

    /// <summary>Returns true if the instrument is of the market whose snapshots are requested.</summary>
    private static bool IsOf(CallForm form, Instrument instrument) =>
        form switch
        {
            CallForm.Rate => instrument.Pair is not null,
            CallForm.PreviousDay => true,
            _ => instrument.Pair is null,
        };

    private static void ReadOne(ReadOnlySpan<char> ticker, CallForm form, Call call)
    {
        call.Symbols = ticker.ToString();
        call.Form = ticker.IsEmpty || ticker.Contains('/') ? CallForm.None : form;
    }

    private void AnswerOne(Call call, Reply reply, Instrument instrument)
    {
        switch (call.Form)
        {
            case CallForm.PreviousDay:
                WritePreviousDay(call, reply, instrument);
                break;
            case CallForm.LastTrade:
                WriteLastTrade(call, reply, QuoteOf(call, instrument));
                break;
            case CallForm.LastQuote:
                WriteLastQuote(call, reply, QuoteOf(call, instrument));
                break;
            default:
                var json = Begin(call, reply, CallOutcome.Ok);
                json.WritePropertyName("ticker"u8);
                WriteSnapshot(call, reply, instrument);
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>Answers several symbols. Unknown ones are left out; without a list the answer is the whole market.</summary>
    private void AnswerMany(Call call, Reply reply)
    {
        var json = Begin(call, reply, CallOutcome.UnknownSymbol);
        var count = 0;
        json.WriteStartArray("tickers"u8);
        if (call.Symbols.Length == 0)
        {
            foreach (var (_, instrument) in Listings.All)
            {
                if (instrument.Pair is null)
                {
                    WriteSnapshot(call, reply, instrument);
                    count++;
                }
            }
        }
        else
        {
            var symbols = call.Symbols.AsSpan();
            foreach (var range in symbols.Split(','))
            {
                if (Listings.Find(symbols[range]) is { Pair: null } instrument)
                {
                    WriteSnapshot(call, reply, instrument);
                    count++;
                }
            }
        }

        json.WriteEndArray();
        json.WriteNumber("count"u8, count);
        json.WriteEndObject();
        reply.Outcome = count > 0 ? CallOutcome.Ok : CallOutcome.UnknownSymbol;
    }

    private void WriteSnapshot(Call call, Reply reply, Instrument instrument)
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

    private void WritePreviousDay(Call call, Reply reply, Instrument? instrument)
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

    private void WriteLastTrade(Call call, Reply reply, Quote quote)
    {
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

    private void WriteLastQuote(Call call, Reply reply, Quote quote)
    {
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

    private Utf8JsonWriter Begin(Call call, Reply reply, CallOutcome outcome)
    {
        var json = reply.Begin(outcome);
        json.WriteStartObject();
        json.WriteString("status"u8, call.Is("delayed") ? "DELAYED"u8 : "OK"u8);
        json.WriteString("request_id"u8, NextRequestId());
        return json;
    }

    /// <summary>Returns 32 hexadecimal digits.</summary>
    private string NextRequestId()
    {
        var n = Interlocked.Increment(ref _requests);
        return $"{Noise.Bits(0, n, 0):x16}{Noise.Bits(0, n, 1):x16}";
    }
}
