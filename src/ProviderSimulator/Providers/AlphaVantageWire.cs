namespace Quorum.ProviderSimulator;

/// <summary>
/// Alpha Vantage, <c>GET /query?function=GLOBAL_QUOTE</c>: numbers are strings, failures are a 200, and without an entitlement the quote is
/// from the last finished session. Currency rates are real-time on every plan.
/// </summary>
/// <remarks>https://www.alphavantage.co/documentation/#latestprice, https://www.alphavantage.co/documentation/#currency-exchange</remarks>
internal sealed class AlphaVantageWire(Market market) : IProviderWire
{
    private const string InvalidCall =
        "Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for GLOBAL_QUOTE.";

    private const string InvalidKey =
        "the parameter apikey is invalid or missing. Please claim your free API key on (https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds.";

    private const string Thanks = "Thank you for using Alpha Vantage! ";

    private const string Burst =
        Thanks
        + "Please consider spreading out your free API requests more sparingly (1 request per second). "
        + "Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to lift the free key rate limit (25 requests per day).";

    private const string Premium =
        Thanks
        + "This is a premium endpoint. You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ "
        + "to instantly unlock all premium endpoints";

    private const string ArtificialSample =
        "This is a premium endpoint. The sample below is artificial. You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to get the real data.";

    private static readonly Viewpoint View = new(2),
        Delayed = new(2, Delay: TimeSpan.FromMinutes(15));

    public Provider Provider => Provider.AlphaVantage;

    public Listings Listings { get; } = new(market.Instruments, Spell);

    public IReadOnlyDictionary<string, Shape> Shapes { get; } =
        Shape.Table(
            new("delayed-key", "The outer key says DATA DELAYED BY 15 MINUTES"),
            new("not-available", "Texts such as None and - in place of some numbers"),
            Shape.Fixed("empty-object", "An empty object, seen in an outage", 200, Reply.Json, "{}"),
            Shape.Fixed("empty-quote", "An empty Global Quote: unknown symbol", 200, Reply.Json, "{\n    \"Global Quote\": {}\n}"),
            new(
                "invalid-call",
                "Error Message: invalid API call",
                (_, reply) => Say(reply, CallOutcome.Fault, "Error Message", InvalidCall)
            ),
            new(
                "invalid-key",
                "Error Message: the key is invalid or missing",
                (_, reply) => Say(reply, CallOutcome.Fault, "Error Message", InvalidKey)
            ),
            new("day-quota", "Information: 25 requests per day", (_, reply) => Say(reply, CallOutcome.Fault, "Information", DayQuota(25))),
            new(
                "day-quota-with-key",
                "Information: 25 requests per day, with the caller's key in the text",
                (call, reply) => Say(reply, CallOutcome.Fault, "Information", DayQuotaWithKey(call.Key))
            ),
            new("burst", "Information: one request per second", (_, reply) => Say(reply, CallOutcome.Fault, "Information", Burst)),
            new(
                "minute-quota",
                "Note: the old limit of 5 calls per minute and 500 per day",
                (_, reply) => Say(reply, CallOutcome.Fault, "Note", MinuteQuota(5))
            ),
            new("premium", "Information: a premium endpoint", (_, reply) => Say(reply, CallOutcome.Fault, "Information", Premium)),
            Shape.Fixed(
                "html",
                "500 with the vendor's HTML page",
                500,
                Reply.Html,
                "<html><head><meta http-equiv=\"refresh\" content=\"0;url=/application-error.html\"></head></html>"
            ),
            Shape.Fixed(
                "html-200",
                "The same page with status 200",
                200,
                Reply.Html,
                "<html><head><meta http-equiv=\"refresh\" content=\"0;url=/application-error.html\"></head></html>"
            )
        );

    public void Read(ReadOnlySpan<char> path, HttpRequest request, Call call)
    {
        if (path is not "/query")
        {
            return;
        }

        call.Key = request.Find("apikey");
        var isRate = request.Find("function") is "CURRENCY_EXCHANGE_RATE";
        call.Symbols = isRate ? $"{request.Find("from_currency")}/{request.Find("to_currency")}" : request.Find("symbol") ?? "";
        call.Csv = request.Find("datatype") is "csv";
        call.Option = request.Find("entitlement");
        call.Form = request.Find("function") switch
        {
            _ when call.Symbols.Length == 0 => CallForm.Bad,
            _ when isRate => CallForm.Rate,
            "GLOBAL_QUOTE" => CallForm.One,
            "REALTIME_BULK_QUOTES" => CallForm.Many,
            _ => CallForm.Bad,
        };
    }

    public void Answer(Call call, Reply reply)
    {
        switch (call.Form)
        {
            case CallForm.One:
                AnswerOne(call, reply);
                break;
            case CallForm.Many:
                AnswerBulk(call, reply);
                break;
            case CallForm.Rate:
                AnswerRate(call, reply);
                break;
            default:
                Say(reply, CallOutcome.BadRequest, "Error Message", InvalidCall);
                break;
        }
    }

    public void RefuseKey(Call call, Reply reply) => Say(reply, CallOutcome.InvalidKey, "Error Message", InvalidKey);

    public void RefusePlan(Call call, Reply reply) => Say(reply, CallOutcome.PlanRestricted, "Information", Premium);

    public void RefuseQuota(Call call, Reply reply)
    {
        var limit = call.Quota.Refusal?.Limit ?? new QuotaLimit(QuotaSpan.Day, 25);
        var (outcome, member, text) = limit.Span switch
        {
            QuotaSpan.Second => (CallOutcome.RateLimited, "Information", Burst),
            QuotaSpan.Minute => (CallOutcome.RateLimited, "Note", MinuteQuota(limit.Limit)),
            _ => (CallOutcome.QuotaExhausted, "Information", DayQuota(limit.Limit)),
        };
        Say(reply, outcome, member, text);
    }

    /// <summary>Writes a proxy's page: the vendor itself answers 200 to everything but its own outages.</summary>
    public void Fail(int status, Reply reply) =>
        reply.Raw(status, Reply.Html, System.Text.Encoding.UTF8.GetBytes(Pages.Proxy(status)), CallOutcome.Fault);

    /// <summary>Does nothing: the vendor sends no rate headers.</summary>
    public void WriteRateHeaders(Call call, Reply reply) { }

    private void AnswerOne(Call call, Reply reply)
    {
        if (Listings.Find(call.Symbols) is not { } instrument)
        {
            var json = reply.Begin(CallOutcome.UnknownSymbol, indented: true);
            json.WriteStartObject();
            json.WriteStartObject("Global Quote"u8);
            json.WriteEndObject();
            json.WriteEndObject();
            return;
        }

        if (call.Option is "realtime" or "delayed" && call.Plan == Plan.Free)
        {
            RefusePlan(call, reply);
            return;
        }

        var quote = (
            call.Option switch
            {
                // Entitlements cover US listings only.
                "realtime" when instrument.IsUnitedStates => market.QuoteAt(instrument, call.QuoteClock, View),
                "delayed" when instrument.IsUnitedStates => market.QuoteAt(instrument, call.QuoteClock, Delayed),
                _ => market.CloseQuote(instrument, market.CalendarOf(instrument).LastComplete(call.QuoteClock), View),
            }
        ).Bent(call);

        if (call.Csv)
        {
            AlphaVantageAnswers.WriteCsv(call, reply, quote);
        }
        else
        {
            AlphaVantageAnswers.WriteQuote(call, reply, quote);
        }
    }

    private void AnswerRate(Call call, Reply reply)
    {
        if (Listings.Find(call.Symbols) is not { Pair: not null } pair)
        {
            Say(reply, CallOutcome.UnknownSymbol, "Error Message", InvalidCall.Replace("GLOBAL_QUOTE", "CURRENCY_EXCHANGE_RATE"));
            return;
        }

        AlphaVantageAnswers.WriteRate(reply, pair, market.QuoteAt(pair, call.QuoteClock, View).Bent(call));
    }

    private void AnswerBulk(Call call, Reply reply)
    {
        var artificial = call.Plan == Plan.Free;
        var json = reply.Begin(artificial ? CallOutcome.PlanRestricted : CallOutcome.Ok, indented: true);
        json.WriteStartObject();
        json.WriteString("endpoint"u8, "Realtime Bulk Quotes"u8);
        json.WriteString("message"u8, artificial ? ArtificialSample : "");
        json.WriteStartArray("data"u8);
        var symbols = call.Symbols.AsSpan();
        foreach (var range in symbols.Split(','))
        {
            if (Listings.Find(symbols[range]) is { IsUnitedStates: true } instrument)
            {
                AlphaVantageAnswers.WriteBulkItem(
                    reply,
                    symbols[range],
                    market.QuoteAt(instrument, call.QuoteClock, View).Bent(call),
                    artificial
                );
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Say(Reply reply, CallOutcome outcome, string member, string text)
    {
        var json = reply.Begin(outcome, indented: true);
        json.WriteStartObject();
        json.WriteString(member, text);
        json.WriteEndObject();
    }

    private static string DayQuota(int limit) =>
        $"{Thanks}Our standard API rate limit is {limit} requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.";

    private static string DayQuotaWithKey(string? key) =>
        $"We have detected your API key as {key} and our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.";

    private static string MinuteQuota(int limit) =>
        $"{Thanks}Our standard API call frequency is {limit} calls per minute and 500 calls per day. Please visit https://www.alphavantage.co/premium/ if you would like to target a higher API call frequency.";

    /// <summary>
    /// Returns the vendor's spellings: own suffixes, class shares with a hyphen. Yahoo's suffixes also work for Amsterdam and Brussels.
    /// </summary>
    private static IEnumerable<string> Spell(Instrument instrument)
    {
        var ticker = instrument.Ticker.Replace('.', '-');
        return instrument.Venue.Mic switch
        {
            _ when instrument.PairName is { } pair => [pair],
            _ when instrument.IsUnitedStates => [ticker],
            "XLON" => [ticker + ".LON"],
            "XETR" => [ticker + ".DEX"],
            "XPAR" => [ticker + ".PAR"],
            "XAMS" => [ticker + ".AMS", ticker + ".AS"],
            "XBRU" => [ticker + ".BRU", ticker + ".BR"],
            "XMIL" => [ticker + ".MIL"],
            "XSWX" => [ticker + ".SWX"],
            "XTSE" => [ticker + ".TRT"],
            "XHKG" => [ticker + ".HKG"],
            _ => [],
        };
    }
}
