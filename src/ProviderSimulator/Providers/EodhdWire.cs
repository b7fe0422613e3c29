namespace Quorum.ProviderSimulator;

/// <summary>
/// EODHD, <c>GET /api/real-time/{symbol}</c>: all venues, 15 minutes late, "NA" instead of numbers, errors as plain text.
/// </summary>
/// <remarks>https://eodhd.com/financial-apis/live-realtime-stocks-api, https://eodhd.com/financial-apis/api-limits</remarks>
internal sealed class EodhdWire(Market market) : IProviderWire
{
    private const string RealTime = "/api/real-time/";
    private const string DayLimit = "You exceeded your daily API requests limit.  Please contact support@eodhistoricaldata.com";
    private const string Forbidden = "Forbidden. Please contact support@eodhistoricaldata.com";
    private const string CsvHeader = "code,timestamp,gmtoffset,open,high,low,close,volume,previousClose,change,change_p\n";
    private static readonly string TooManyPage = Pages.Proxy(429, "Too Many Requests");

    private static readonly string[] DemoSymbols = ["AAPL.US", "MSFT.US", "TSLA.US", "AMZN.US", "VTI.US"];

    private static readonly Viewpoint View = new(7, Delay: TimeSpan.FromMinutes(15)),
        OfCurrencies = new(7, Delay: TimeSpan.FromMinutes(1));

    public Provider Provider => Provider.Eodhd;

    public Listings Listings { get; } = new(market.Instruments, Spell);

    public IReadOnlyDictionary<string, Shape> Shapes { get; } =
        Shape.Table(
            new("all-na", "Every field \"NA\": unknown symbol", (call, reply) => EodhdAnswers.WriteUnknown(call, reply, codeToo: false)),
            new(
                "all-na-code-too",
                "Every field \"NA\", the code too",
                (call, reply) => EodhdAnswers.WriteUnknown(call, reply, codeToo: true)
            ),
            new("no-price", "close is \"NA\", previousClose a number: no price today yet"),
            new("null-volume", "volume is null"),
            new("na-volume", "volume is \"NA\""),
            new("gmt-offset", "gmtoffset is -18000, as in two samples; the timestamp is UTC all the same"),
            new("no-suffix", "code comes without its suffix"),
            new("numbers-as-text", "Numbers as numeric strings"),
            Shape.Fixed("unauthenticated", "Wrong or no key", 401, Reply.Html, "Unauthenticated"),
            Shape.Fixed(
                "unauthorized-json",
                "Wrong key in JSON",
                401,
                Reply.Json,
                """{"status":401,"error":"Unauthorized","message":"Invalid API token"}"""
            ),
            Shape.Fixed("wrong-key-403", "Wrong key as 403 in JSON", 403, Reply.Json, """{"error":"Invalid API token","code":403}"""),
            Shape.Fixed("forbidden", "Not in the plan", 403, Reply.Html, Forbidden),
            Shape.Fixed("forbidden-short", "Not in the plan, in one word", 403, Reply.Html, "Forbidden"),
            Shape.Fixed(
                "forbidden-json",
                "Not in the plan, in JSON",
                403,
                Reply.Json,
                """{"error":"Access denied for this symbol","code":403}"""
            ),
            Shape.Fixed("not-found", "404 in plain text", 404, Reply.Html, "Ticker Not Found."),
            Shape.Fixed("day-quota", "402", 402, Reply.Html, DayLimit),
            new(
                "rate-limited-html",
                "429 with an HTML page and headers",
                (_, reply) =>
                {
                    reply.Raw(429, Reply.Html, System.Text.Encoding.UTF8.GetBytes(TooManyPage), CallOutcome.Fault);
                    reply.Header("Retry-After", "30");
                    reply.Header("X-RateLimit-Limit", "1000");
                    reply.Header("X-RateLimit-Remaining", "0");
                }
            ),
            Shape.Fixed("rate-limited-json", "429 in JSON", 429, Reply.Json, """{"error":"API rate limit exceeded"}"""),
            Shape.Fixed("server-error-html", "502 with an HTML page", 502, Reply.Html, Pages.Proxy(502)),
            Shape.Fixed("server-error-empty", "500 with an empty body", 500, Reply.Html, "")
        );

    public void Read(ReadOnlySpan<char> path, HttpRequest request, Call call)
    {
        if (!path.StartsWith(RealTime) || path[RealTime.Length..] is not { IsEmpty: false } first || first.Contains('/'))
        {
            return;
        }

        var others = request.Find("s");
        call.Key = request.Find("api_token");
        call.Csv = request.Find("fmt") is not "json";
        call.Form = others is { Length: > 0 } ? CallForm.Many : CallForm.One;
        call.Symbols = call.Form == CallForm.Many ? $"{first},{others}" : first.ToString();
        call.SymbolCount = QueryParameters.CountSymbols(call.Symbols);
    }

    public void Answer(Call call, Reply reply)
    {
        if (call.Standing == KeyStanding.Demo && !IsDemo(call.Symbols))
        {
            RefusePlan(call, reply);
            return;
        }

        if (call.Csv)
        {
            reply.Raw(StatusCodes.Status200OK, Reply.Csv, [], CallOutcome.UnknownSymbol);
            reply.Append(CsvHeader);
        }
        else
        {
            reply.Begin(CallOutcome.UnknownSymbol);
            if (call.Form == CallForm.Many)
            {
                reply.Writer.WriteStartArray();
            }
        }

        var symbols = call.Symbols.AsSpan();
        foreach (var range in symbols.Split(','))
        {
            WriteOne(call, reply, symbols[range]);
        }

        if (!call.Csv && call.Form == CallForm.Many)
        {
            reply.Writer.WriteEndArray();
        }
    }

    public void RefuseKey(Call call, Reply reply) =>
        Say(reply, CallOutcome.InvalidKey, StatusCodes.Status401Unauthorized, "Unauthenticated");

    public void RefusePlan(Call call, Reply reply) => Say(reply, CallOutcome.PlanRestricted, StatusCodes.Status403Forbidden, Forbidden);

    public void RefuseQuota(Call call, Reply reply)
    {
        var refusal = call.Quota.Refusal!.Value; // called for refused calls only
        if (refusal.Limit.Span == QuotaSpan.Day)
        {
            Say(reply, CallOutcome.QuotaExhausted, StatusCodes.Status402PaymentRequired, DayLimit);
            return;
        }

        Say(reply, CallOutcome.RateLimited, StatusCodes.Status429TooManyRequests, TooManyPage);
        reply.Header("Retry-After", Math.Max(1, (long)Math.Ceiling((refusal.Reset - call.Clock).TotalSeconds)).ToString());
    }

    public void Fail(int status, Reply reply) =>
        Say(
            reply,
            CallOutcome.Fault,
            status,
            status switch
            {
                401 => "Unauthenticated",
                402 => DayLimit,
                403 => Forbidden,
                404 => "Ticker Not Found.",
                429 => TooManyPage,
                _ => Pages.Proxy(status),
            }
        );

    public void WriteRateHeaders(Call call, Reply reply)
    {
        if (call.Quota.Minute is not { } minute)
        {
            return;
        }

        reply.Header("X-RateLimit-Limit", minute.Limit.Limit.ToString());
        reply.Header("X-RateLimit-Remaining", minute.Remaining.ToString());
    }

    private void WriteOne(Call call, Reply reply, ReadOnlySpan<char> symbol)
    {
        if (Listings.Find(symbol) is not { } instrument)
        {
            EodhdAnswers.WriteNothingKnown(call, reply, symbol);
            return;
        }

        reply.Outcome = CallOutcome.Ok;
        var quote = market.QuoteAt(instrument, call.QuoteClock, instrument.Pair is null ? View : OfCurrencies).Bent(call);
        // The price of a whole minute.
        var timestamp = quote.TradedAt.ToUnixTimeSeconds() / 60 * 60;
        if (call.Csv)
        {
            EodhdAnswers.AppendLine(reply, symbol, quote, timestamp);
            return;
        }

        EodhdAnswers.WriteQuote(call, reply, symbol, quote, timestamp);
    }

    private static bool IsDemo(string symbols) => symbols.Split(',').All(symbol => DemoSymbols.Contains(symbol));

    private static void Say(Reply reply, CallOutcome outcome, int status, string text) =>
        reply.Raw(status, Reply.Html, System.Text.Encoding.UTF8.GetBytes(text), outcome);

    /// <summary>Returns the vendor's spellings: its exchange codes, one dot only, so class shares have a hyphen.</summary>
    private static IEnumerable<string> Spell(Instrument instrument)
    {
        var suffix = instrument.Venue.Mic switch
        {
            _ when instrument.IsUnitedStates => "US",
            _ when instrument.Pair is not null => "FOREX",
            "XLON" => "LSE",
            "XETR" => "XETRA",
            "XPAR" => "PA",
            "XAMS" => "AS",
            "XBRU" => "BR",
            "XMIL" => "MI",
            "XMAD" => "MC",
            "XSWX" => "SW",
            "XSTO" => "ST",
            "XCSE" => "CO",
            "XTSE" => "TO",
            "XTKS" => "TSE",
            "XHKG" => "HK",
            "XASX" => "AU",
            "XJSE" => "JSE",
            _ => null,
        };
        return suffix is null ? [] : [$"{instrument.Ticker.Replace('.', '-')}.{suffix}"];
    }
}
