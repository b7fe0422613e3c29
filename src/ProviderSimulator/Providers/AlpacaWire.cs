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

    private readonly AlpacaAnswers _answers = new(market);

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

        if (call.Plan == Plan.Free && ReferenceEquals(feed, AlpacaAnswers.Sip))
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
        _answers.WriteSnapshot(call, reply, QuoteOf(call, call.Symbols, feed), feed);
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
                _answers.WriteTrade(call, reply, QuoteOf(call, symbol, feed), feed);
                break;
            case CallForm.LastQuote:
                _answers.WriteBidAndAsk(call, reply, QuoteOf(call, symbol, feed), feed);
                break;
            default:
                _answers.WriteSnapshot(call, reply, QuoteOf(call, symbol, feed), feed);
                break;
        }

        json.WriteEndObject();
    }

    /// <returns><see langword="null"/> for a feed that does not exist or has none of our instruments.</returns>
    private static Viewpoint? FeedOf(Call call) =>
        call.Option switch
        {
            null => call.Plan == Plan.Free ? AlpacaAnswers.Iex : AlpacaAnswers.Sip,
            "iex" => AlpacaAnswers.Iex,
            "sip" => AlpacaAnswers.Sip,
            "delayed_sip" => AlpacaAnswers.DelayedSip,
            _ => null,
        };

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
