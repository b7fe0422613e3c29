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

    private readonly MassiveAnswers _answers = new(market);

    public Provider Provider => Provider.Massive;

    public Listings Listings { get; } =
        new(market.Instruments, instrument => MassiveAnswers.Spell(instrument) is { } spelling ? [spelling] : []);

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
        else if (path.StartsWith(Aggregates) && path.EndsWith(PreviousDay) && path.Length > Aggregates.Length + PreviousDay.Length)
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
            _answers.WritePreviousDay(call, reply, null);
        }
        else
        {
            reply.Message(
                CallOutcome.UnknownSymbol,
                StatusCodes.Status404NotFound,
                ("status", "NOT_FOUND"),
                ("request_id", _answers.NextRequestId()),
                ("message", NotFound)
            );
        }
    }

    public void RefuseKey(Call call, Reply reply) =>
        reply.Message(
            CallOutcome.InvalidKey,
            StatusCodes.Status401Unauthorized,
            ("status", "ERROR"),
            ("request_id", _answers.NextRequestId()),
            ("error", call.Standing is KeyStanding.Missing or KeyStanding.Empty ? "API Key was not provided" : "Unknown API Key")
        );

    public void RefusePlan(Call call, Reply reply) =>
        reply.Message(
            CallOutcome.PlanRestricted,
            StatusCodes.Status403Forbidden,
            ("status", "NOT_AUTHORIZED"),
            ("request_id", _answers.NextRequestId()),
            ("message", NotEntitled)
        );

    public void RefuseQuota(Call call, Reply reply) =>
        reply.Message(
            CallOutcome.RateLimited,
            StatusCodes.Status429TooManyRequests,
            ("status", "ERROR"),
            ("request_id", _answers.NextRequestId()),
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
        reply.Message(CallOutcome.Fault, status, ("status", word), ("request_id", _answers.NextRequestId()), (member, text));
    }

    /// <summary>Does nothing: the vendor sends no rate headers.</summary>
    public void WriteRateHeaders(Call call, Reply reply) { }

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
                _answers.WritePreviousDay(call, reply, instrument);
                break;
            case CallForm.LastTrade:
                _answers.WriteLastTrade(call, reply, instrument);
                break;
            case CallForm.LastQuote:
                _answers.WriteLastQuote(call, reply, instrument);
                break;
            default:
                var json = _answers.Begin(call, reply, CallOutcome.Ok);
                json.WritePropertyName("ticker"u8);
                _answers.WriteSnapshot(call, reply, instrument);
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>Answers several symbols. Unknown ones are left out; without a list the answer is the whole market.</summary>
    private void AnswerMany(Call call, Reply reply)
    {
        var json = _answers.Begin(call, reply, CallOutcome.UnknownSymbol);
        var count = 0;
        json.WriteStartArray("tickers"u8);
        if (call.Symbols.Length == 0)
        {
            foreach (var (_, instrument) in Listings.All)
            {
                if (instrument.Pair is null)
                {
                    _answers.WriteSnapshot(call, reply, instrument);
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
                    _answers.WriteSnapshot(call, reply, instrument);
                    count++;
                }
            }
        }

        json.WriteEndArray();
        json.WriteNumber("count"u8, count);
        json.WriteEndObject();
        reply.Outcome = count > 0 ? CallOutcome.Ok : CallOutcome.UnknownSymbol;
    }
}
