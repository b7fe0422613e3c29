using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>
/// Twelve Data, <c>GET /quote</c>: prices as strings with the rounding of 32-bit floats, the currency in the payload, credits instead of
/// requests, batches as a map.
/// </summary>
/// <remarks>https://twelvedata.com/docs#quote, https://support.twelvedata.com/en/articles/5615854-credits</remarks>
internal sealed class TwelveDataWire(Market market) : IProviderWire
{
    private const int MaxSymbols = 120;
    private const string SymbolMissing =
        "**symbol** or **figi** parameter is missing or invalid. Please provide a valid symbol according to API documentation: https://twelvedata.com/docs#reference-data";

    private const string SymbolNeedsPlan =
        "This symbol is available starting with the Grow or Venture plan. Consider upgrading now at https://twelvedata.com/pricing";

    private const string EndpointNeedsPlan =
        "/quote is available exclusively with grow or pro or ultra or venture or enterprise plans. Consider upgrading your API Key now at https://twelvedata.com/pricing";

    private const string WrongKey =
        "**apikey** parameter is incorrect or not specified. You can get your free API key instantly following this link: https://twelvedata.com/pricing. "
        + "If you believe that everything is correct, you can contact us at https://twelvedata.com/contact/customer";

    private const string DemoKey =
        "The 'demo' API key is only used for initial familiarity. To get complete data access, you can claim your own API key at https://twelvedata.com/pricing";

    private const string NoData = "No data is available on the specified dates. Try setting different start/end dates.";

    private const string Fault = "Something went wrong. Please try again later or contact support: https://twelvedata.com/contact";

    private static readonly Viewpoint View = new(3, VolumeShare: 1);

    public Provider Provider => Provider.TwelveData;

    public Listings Listings { get; } = new(market.Instruments, Spell);

    public IReadOnlyDictionary<string, Shape> Shapes { get; } =
        Shape.Table(
            new("errors-as-200", "The error envelope comes with HTTP 200"),
            new("no-last-quote-at", "Without last_quote_at: only the session start is left"),
            new("old-answer", "Without timestamp, last_quote_at and is_market_open"),
            new("no-volume", "Without volume and average_volume"),
            new("nulls", "Optional fields are null, open is NaN"),
            new("batch-partial-limit", "A batch beyond the minute's credits gets quotes for its first symbols and 429 items for the rest"),
            new(
                "unknown-400",
                "An unknown symbol has code 400 and the older text",
                (call, reply) => WriteError(call, reply, CallOutcome.Fault, 400, NotFound(call.Symbols))
            ),
            new(
                "symbol-needs-plan",
                "404 that means the plan",
                (call, reply) => WriteError(call, reply, CallOutcome.Fault, 404, SymbolNeedsPlan)
            ),
            new("endpoint-needs-plan", "403", (call, reply) => WriteError(call, reply, CallOutcome.Fault, 403, EndpointNeedsPlan)),
            new("wrong-key", "401", (call, reply) => WriteError(call, reply, CallOutcome.Fault, 401, WrongKey)),
            new(
                "demo-key",
                "401 of the demo key beyond its scope",
                (call, reply) => WriteError(call, reply, CallOutcome.Fault, 401, DemoKey)
            ),
            new(
                "minute-credits",
                "429, the minute's credits are gone",
                (call, reply) => WriteError(call, reply, CallOutcome.Fault, 429, MinuteCredits(9, 8))
            ),
            new(
                "day-credits",
                "429, the day's credits are gone",
                (call, reply) => WriteError(call, reply, CallOutcome.Fault, 429, DayCredits(801, 800))
            ),
            new("no-data", "400, no data", (call, reply) => WriteError(call, reply, CallOutcome.Fault, 400, NoData)),
            new("too-long", "414", (call, reply) => WriteError(call, reply, CallOutcome.Fault, 414, "Request URI is too long.")),
            new("server-error", "500 in the envelope", (call, reply) => WriteError(call, reply, CallOutcome.Fault, 500, Fault)),
            Shape.Fixed("server-error-html", "500 with an HTML page", 500, Reply.Html, Pages.Proxy(500)),
            Shape.Fixed("server-error-empty", "500 with an empty body", 500, Reply.Text, "")
        );

    public void Read(ReadOnlySpan<char> path, HttpRequest request, Call call)
    {
        if (path is not "/quote")
        {
            return;
        }

        const string scheme = "apikey ";
        var authorization = request.Header("Authorization");
        call.Key =
            authorization is null ? request.Find("apikey")
            : authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? authorization[scheme.Length..].Trim()
            : "";
        call.Symbols = request.Find("symbol") ?? "";
        call.SymbolCount = QueryParameters.CountSymbols(call.Symbols);
        call.Option = request.Find("mic_code") ?? request.Find("exchange");
        call.Csv = request.Find("format") is "CSV" or "csv";
        call.Decimals =
            int.TryParse(request.Find("dp"), CultureInfo.InvariantCulture, out var decimals) && decimals is >= 0 and <= 11
                ? decimals
                : null;
        call.Form =
            call.Symbols.Length == 0 ? CallForm.Bad
            : call.SymbolCount > 1 ? CallForm.Many
            : CallForm.One;
    }

    public void Answer(Call call, Reply reply)
    {
        switch (call.Form)
        {
            case CallForm.One:
                AnswerOne(call, reply);
                break;
            case CallForm.Many when call.SymbolCount > MaxSymbols:
                WriteError(call, reply, CallOutcome.BadRequest, 414, $"The number of symbols in **symbol** is limited to {MaxSymbols}.");
                break;
            case CallForm.Many:
                AnswerMany(call, reply, call.SymbolCount);
                break;
            default:
                WriteError(call, reply, CallOutcome.BadRequest, 400, SymbolMissing);
                break;
        }
    }

    public void RefuseKey(Call call, Reply reply) => WriteError(call, reply, CallOutcome.InvalidKey, 401, WrongKey);

    public void RefusePlan(Call call, Reply reply) => WriteError(call, reply, CallOutcome.PlanRestricted, 403, EndpointNeedsPlan);

    public void RefuseQuota(Call call, Reply reply)
    {
        var refusal = call.Quota.Refusal!.Value; // called for refused calls only
        if (refusal.Limit.Span == QuotaSpan.Day)
        {
            WriteError(call, reply, CallOutcome.QuotaExhausted, 429, DayCredits(refusal.Used, refusal.Limit.Limit));
            return;
        }

        var room = refusal.Limit.Limit - (refusal.Used - call.SymbolCount);
        if (call.Form == CallForm.Many && call.Is("batch-partial-limit") && room > 0)
        {
            AnswerMany(call, reply, room);
            return;
        }

        WriteError(call, reply, CallOutcome.RateLimited, 429, MinuteCredits(refusal.Used, refusal.Limit.Limit));
    }

    public void Fail(int status, Reply reply)
    {
        var text = status switch
        {
            400 => NoData,
            401 => WrongKey,
            403 => EndpointNeedsPlan,
            404 => SymbolMissing,
            429 => MinuteCredits(9, 8),
            500 => Fault,
            _ => null,
        };
        if (text is null)
        {
            reply.Raw(status, Reply.Html, System.Text.Encoding.UTF8.GetBytes(Pages.Proxy(status)), CallOutcome.Fault);
            return;
        }

        reply.Begin(CallOutcome.Fault, status);
        WriteEnvelope(reply, status, text, meta: null);
    }

    public void WriteRateHeaders(Call call, Reply reply)
    {
        if (call.Quota.Minute is not { } minute)
        {
            return;
        }

        reply.Header("api-credits-used", minute.Used.ToString());
        reply.Header("api-credits-left", minute.Remaining.ToString());
    }

    private void AnswerOne(Call call, Reply reply)
    {
        var found = Find(call.Symbols, call.Option);
        if (Refusal(call, found) is { } refusal)
        {
            WriteError(call, reply, refusal.Outcome, refusal.Code, refusal.Code == 404 && found is null ? SymbolMissing : refusal.Text);
            return;
        }

        var quote = market.QuoteAt(found!, call.QuoteClock, View).Bent(call); // the check above answered a missing one
        if (call.Csv)
        {
            TwelveDataAnswers.WriteCsv(call, reply, quote);
            return;
        }

        reply.Begin(CallOutcome.Ok);
        TwelveDataAnswers.WriteQuote(call, reply, quote);
    }

    /// <param name="room">The number of symbols that the minute's credits still cover.</param>
    private void AnswerMany(Call call, Reply reply, int room)
    {
        var json = reply.Begin(CallOutcome.UnknownSymbol);
        json.WriteStartObject();
        var symbols = call.Symbols.AsSpan();
        var served = 0;
        foreach (var range in symbols.Split(','))
        {
            var symbol = symbols[range];
            var found = Find(symbol, call.Option);
            json.WritePropertyName(symbol);
            if (served++ >= room)
            {
                WriteEnvelope(
                    reply,
                    429,
                    MinuteCredits(call.Quota.Refusal?.Used ?? room, call.Quota.Refusal?.Limit.Limit ?? room),
                    call.Symbols
                );
            }
            else if (Refusal(call, found) is { } refusal)
            {
                WriteEnvelope(reply, refusal.Code, found is null ? NotFound(symbol) : refusal.Text, call.Symbols);
            }
            else
            {
                reply.Outcome = CallOutcome.Ok;
                TwelveDataAnswers.WriteQuote(call, reply, market.QuoteAt(found!, call.QuoteClock, View).Bent(call)); // the check above answered a missing one
            }
        }

        json.WriteEndObject();
    }

    private static (CallOutcome Outcome, int Code, string Text)? Refusal(Call call, Instrument? found) =>
        found switch
        {
            _ when call.Standing == KeyStanding.Demo && found is not { Symbol: "AAPL" } => (CallOutcome.InvalidKey, 401, DemoKey),
            null => (CallOutcome.UnknownSymbol, 404, SymbolMissing),
            { IsUnitedStates: false, Pair: null } when call.Plan == Plan.Free => (CallOutcome.PlanRestricted, 404, SymbolNeedsPlan),
            _ => null,
        };

    /// <summary>Finds an instrument whose listing is named in the symbol or beside it.</summary>
    private Instrument? Find(ReadOnlySpan<char> symbol, string? exchange) =>
        exchange is null || symbol.Contains(':') ? Listings.Find(symbol) : Listings.Find($"{symbol}:{exchange}");

    private static void WriteError(Call call, Reply reply, CallOutcome outcome, int code, string message)
    {
        reply.Begin(outcome, call.Is("errors-as-200") ? StatusCodes.Status200OK : code);
        WriteEnvelope(reply, code, message, meta: null);
    }

    /// <param name="meta">The symbols of the batch that the item belongs to.</param>
    private static void WriteEnvelope(Reply reply, int code, string message, string? meta)
    {
        var json = reply.Writer;
        json.WriteStartObject();
        json.WriteNumber("code"u8, code);
        json.WriteString("message"u8, message);
        json.WriteString("status"u8, "error"u8);
        if (meta is not null)
        {
            json.WriteStartObject("meta"u8);
            json.WriteString("symbol"u8, meta);
            json.WriteString("interval"u8, "1day"u8);
            json.WriteString("exchange"u8, ""u8);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string NotFound(ReadOnlySpan<char> symbol) =>
        $"**symbol** not found: {symbol}. Please specify it correctly according to API Documentation.";

    private static string MinuteCredits(int used, int limit) =>
        $"You have run out of API credits for the current minute. {used} API credits were used, with the current limit being {limit}. Wait for the next minute or consider switching to a higher tier plan at https://twelvedata.com/pricing";

    private static string DayCredits(int used, int limit) =>
        $"You have run out of API credits for the day. {used} API credits were used, with the current limit being {limit}. Wait for the next day or consider switching to a higher tier plan at https://twelvedata.com/pricing";

    /// <summary>Returns the vendor's spellings: ticker and exchange, or ticker and venue code; US listings also the ticker alone.</summary>
    private static string[] Spell(Instrument instrument)
    {
        if (instrument.PairName is { } pair)
        {
            return [pair];
        }

        var (exchange, mic) = TwelveDataAnswers.ExchangeOf(instrument.Venue);
        string[] listed = [$"{instrument.Ticker}:{exchange}", $"{instrument.Ticker}:{instrument.Venue.Mic}", $"{instrument.Ticker}:{mic}"];
        return instrument.IsUnitedStates ? [instrument.Ticker, .. listed] : listed;
    }
}
