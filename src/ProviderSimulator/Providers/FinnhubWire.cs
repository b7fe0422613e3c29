namespace Quorum.ProviderSimulator;

/// <summary>Finnhub, <c>GET /api/v1/quote</c>: one flat object with one-letter names; an unknown symbol is a 200 of zeros. And
/// <c>GET /api/v1/forex/rates</c>: all rates of a base, for paid plans.</summary>
/// <remarks>https://finnhub.io/docs/api/quote, https://finnhub.io/docs/api/forex-rates, https://finnhub.io/docs/api/rate-limit</remarks>
internal sealed class FinnhubWire(Market market) : IProviderWire
{
    private const string NoAccess = "You don't have access to this resource.",
        LimitReached = "API limit reached. Please try again later. Remaining Limit: 0";
    private const string EmptyKey = "API limit reached. Please sign up for a free account to continue using the API.";

    private static readonly Viewpoint View = new(1);

    public Provider Provider => Provider.Finnhub;

    public Listings Listings { get; } = new(market.Instruments, Spell);

    private readonly Instrument[] _pairs = [.. market.Instruments.Where(instrument => instrument.Pair is not null)];

    public IReadOnlyDictionary<string, Shape> Shapes { get; } =
        Shape.Table(
            new("zeros", "All zeros for a symbol that is valid", (_, reply) => WriteZeros(reply, withChange: true)),
            new("zeros-old", "All zeros without d and dp, as in older answers", (_, reply) => WriteZeros(reply, withChange: false)),
            new("no-price", "c is 0, the other fields are filled"),
            new("no-change", "Without d and dp, as in older answers"),
            new("null-change", "d and dp are null"),
            new("no-time", "t is 0"),
            new("no-rate-headers", "Without the X-Ratelimit headers, on good answers and on 429"),
            Shape.Fixed("restricted-401", "Outside the plan, with status 401", 401, Reply.Json, $$"""{"error":"{{NoAccess}}"}"""),
            Shape.Fixed("restricted-403", "Outside the plan", 403, Reply.Json, $$"""{"error":"{{NoAccess}}"}"""),
            Shape.Fixed("restricted-bare-string", "Outside the plan, as a bare JSON string", 403, Reply.Json, $"\"{NoAccess}\""),
            Shape.Fixed("wrong-key", "Wrong key", 401, Reply.Json, """{"error":"Invalid API key"}"""),
            Shape.Fixed("no-key", "No key", 401, Reply.Json, """{"error":"Please use an API key."}"""),
            Shape.Fixed("empty-key", "Empty key: 429 in plain text", 429, Reply.Text, EmptyKey),
            Shape.Fixed("rate-limited", "429 without any rate header", 429, Reply.Json, $$"""{"error":"{{LimitReached}}"}"""),
            new(
                "redirect",
                "302 to an HTML page",
                (_, reply) =>
                {
                    reply.Raw(302, Reply.Html, "<a href=\"https://finnhub.io/\">Found</a>.\n\n"u8, CallOutcome.Fault);
                    reply.Header("Location", "https://finnhub.io/");
                }
            ),
            Shape.Fixed("bad-gateway", "502 with a proxy's HTML page", 502, Reply.Html, Pages.Proxy(502)),
            Shape.Fixed("server-error", "500 with an empty body", 500, Reply.Text, "")
        );

    public void Read(ReadOnlySpan<char> path, HttpRequest request, Call call)
    {
        var isRate = path is "/api/v1/forex/rates";
        if (!isRate && path is not "/api/v1/quote")
        {
            return;
        }

        call.Key = request.Header("X-Finnhub-Token") ?? request.Find("token");
        call.Symbols = request.Find(isRate ? "base" : "symbol") ?? "";
        call.Form =
            call.Symbols.Length == 0 ? CallForm.Bad
            : isRate ? CallForm.Rate
            : CallForm.One;
    }

    public void Answer(Call call, Reply reply)
    {
        if (call.Form == CallForm.Bad)
        {
            // Not documented.
            reply.Message(CallOutcome.BadRequest, StatusCodes.Status400BadRequest, ("error", "Wrong parameters: symbol"));
            return;
        }

        if (call.Form == CallForm.Rate)
        {
            AnswerRates(call, reply);
            return;
        }

        if (Listings.Find(call.Symbols) is not { } instrument)
        {
            WriteZeros(reply, withChange: true);
            return;
        }

        if (call.Plan == Plan.Free && !instrument.IsUnitedStates)
        {
            RefusePlan(call, reply);
            return;
        }

        WriteQuote(call, reply, market.QuoteAt(instrument, call.QuoteClock, View).Bent(call));
    }

    public void RefuseKey(Call call, Reply reply)
    {
        if (call.Standing == KeyStanding.Empty)
        {
            reply.Raw(
                StatusCodes.Status429TooManyRequests,
                Reply.Text,
                System.Text.Encoding.UTF8.GetBytes(EmptyKey),
                CallOutcome.InvalidKey
            );
            return;
        }

        var text = call.Standing == KeyStanding.Missing ? "Please use an API key." : "Invalid API key";
        reply.Message(CallOutcome.InvalidKey, StatusCodes.Status401Unauthorized, ("error", text));
    }

    public void RefusePlan(Call call, Reply reply) =>
        reply.Message(CallOutcome.PlanRestricted, StatusCodes.Status403Forbidden, ("error", NoAccess));

    public void RefuseQuota(Call call, Reply reply) =>
        reply.Message(CallOutcome.RateLimited, StatusCodes.Status429TooManyRequests, ("error", LimitReached));

    public void Fail(int status, Reply reply)
    {
        var text = status switch
        {
            StatusCodes.Status401Unauthorized => "Invalid API key",
            StatusCodes.Status403Forbidden => NoAccess,
            StatusCodes.Status429TooManyRequests => LimitReached,
            _ => null,
        };
        if (text is not null)
        {
            reply.Message(CallOutcome.Fault, status, ("error", text));
            return;
        }

        reply.Raw(status, Reply.Html, System.Text.Encoding.UTF8.GetBytes(Pages.Proxy(status)), CallOutcome.Fault);
    }

    public void WriteRateHeaders(Call call, Reply reply)
    {
        if (call.Quota.Minute is not { } minute || call.Is("no-rate-headers"))
        {
            return;
        }

        var remaining = call.Quota.Refusal is null ? minute.Remaining : 0;
        reply.Header("X-Ratelimit-Limit", minute.Limit.Limit.ToString());
        reply.Header("X-Ratelimit-Remaining", remaining.ToString());
        reply.Header("X-Ratelimit-Reset", UnixTime.CeilingSeconds((call.Quota.Refusal ?? minute).Reset).ToString());
    }

    /// <summary>Pairs of the base, and the inverse of those in which it is the second.</summary>
    private void AnswerRates(Call call, Reply reply)
    {
        if (call.Plan == Plan.Free)
        {
            RefusePlan(call, reply);
            return;
        }

        var json = reply.Begin(CallOutcome.UnknownSymbol);
        json.WriteStartObject();
        json.WriteString("base"u8, call.Symbols);
        json.WriteStartObject("quote"u8);
        foreach (var pair in _pairs)
        {
            var (first, second) = (pair.Ticker[..3], pair.Ticker[3..]);
            if (call.Symbols != first && call.Symbols != second)
            {
                continue;
            }

            reply.Outcome = CallOutcome.Ok;
            var price = market.QuoteAt(pair, call.QuoteClock, View).Bent(call).Price;
            var isBase = call.Symbols == first;
            reply.Number(System.Text.Encoding.UTF8.GetBytes(isBase ? second : first), isBase ? price : Money.Round(1 / price, 8));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteQuote(Call call, Reply reply, Quote quote)
    {
        var json = reply.Begin(CallOutcome.Ok);
        json.WriteStartObject();
        reply.Number("c"u8, call.Is("no-price") ? 0 : quote.Price);
        if (call.Is("null-change"))
        {
            json.WriteNull("d"u8);
            json.WriteNull("dp"u8);
        }
        else if (!call.Is("no-change"))
        {
            reply.Number("d"u8, quote.Change);
            reply.Number("dp"u8, quote.ChangePercent);
        }

        reply.Number("h"u8, quote.High);
        reply.Number("l"u8, quote.Low);
        reply.Number("o"u8, quote.Open);
        reply.Number("pc"u8, quote.PreviousClose);
        reply.Time("t"u8, call.Is("no-time") ? 0 : quote.TradedAt.ToUnixTimeSeconds());
        json.WriteEndObject();
    }

    private static void WriteZeros(Reply reply, bool withChange) =>
        reply.Raw(
            StatusCodes.Status200OK,
            Reply.Json,
            withChange ? """{"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0}"""u8 : """{"c":0,"h":0,"l":0,"o":0,"pc":0,"t":0}"""u8,
            CallOutcome.UnknownSymbol
        );

    /// <summary>
    /// Returns the vendor's spellings: Yahoo's suffixes; class shares with a dot or a hyphen, since the vendor has used both.
    /// </summary>
    private static IEnumerable<string> Spell(Instrument instrument)
    {
        if (instrument.IsUnitedStates)
        {
            return instrument.Ticker.Contains('.') ? [instrument.Ticker, instrument.Ticker.Replace('.', '-')] : [instrument.Ticker];
        }

        var suffix = instrument.Venue.Mic switch
        {
            "XLON" => ".L",
            "XETR" => ".DE",
            "XPAR" => ".PA",
            "XAMS" => ".AS",
            "XBRU" => ".BR",
            "XMIL" => ".MI",
            "XMAD" => ".MC",
            "XSWX" => ".SW",
            "XSTO" => ".ST",
            "XCSE" => ".CO",
            "XTSE" => ".TO",
            "XTKS" => ".T",
            "XHKG" => ".HK",
            "XASX" => ".AX",
            "XJSE" => ".JO",
            _ => null,
        };
        return suffix is null ? [] : [instrument.Ticker.Replace('.', '-') + suffix];
    }
}
