using System.Globalization;

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
            WriteCsv(call, reply, quote);
        }
        else
        {
            WriteQuote(call, reply, quote);
        }
    }

    private void AnswerRate(Call call, Reply reply)
    {
        if (Listings.Find(call.Symbols) is not { Pair: not null } pair)
        {
            Say(reply, CallOutcome.UnknownSymbol, "Error Message", InvalidCall.Replace("GLOBAL_QUOTE", "CURRENCY_EXCHANGE_RATE"));
            return;
        }

        var quote = market.QuoteAt(pair, call.QuoteClock, View).Bent(call);
        var json = reply.Begin(CallOutcome.Ok, indented: true);
        json.WriteStartObject();
        json.WriteStartObject("Realtime Currency Exchange Rate"u8);
        json.WriteString("1. From_Currency Code"u8, pair.Ticker.AsSpan(0, 3));
        json.WriteString("2. From_Currency Name"u8, pair.Ticker.AsSpan(0, 3));
        json.WriteString("3. To_Currency Code"u8, pair.Ticker.AsSpan(3));
        json.WriteString("4. To_Currency Name"u8, pair.Ticker.AsSpan(3));
        reply.Quoted("5. Exchange Rate"u8, quote.Price, "F8");
        json.WriteString("6. Last Refreshed"u8, quote.TradedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        json.WriteString("7. Time Zone"u8, "UTC"u8);
        reply.Quoted("8. Bid Price"u8, quote.Bid, "F8");
        reply.Quoted("9. Ask Price"u8, quote.Ask, "F8");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteQuote(Call call, Reply reply, Quote quote)
    {
        var delayed = call.Option == "delayed" || call.Is("delayed-key");
        var json = reply.Begin(CallOutcome.Ok, indented: true);
        json.WriteStartObject();
        json.WriteStartObject(delayed ? "Global Quote - DATA DELAYED BY 15 MINUTES"u8 : "Global Quote"u8);
        json.WriteString(
            "01. symbol"u8,
            call.Faults.Foreign is { } foreign ? $"{call.Symbols.Split('.')[0]}.{foreign.Exchange}" : call.Symbols
        );
        if (call.Is("not-available"))
        {
            json.WriteString("02. open"u8, "None"u8);
            json.WriteString("03. high"u8, "-"u8);
            json.WriteString("04. low"u8, ""u8);
        }
        else
        {
            reply.Quoted("02. open"u8, quote.Open, "F4");
            reply.Quoted("03. high"u8, quote.High, "F4");
            reply.Quoted("04. low"u8, quote.Low, "F4");
        }

        reply.Quoted("05. price"u8, quote.Price, "F4");
        reply.Quoted("06. volume"u8, quote.Volume, "0");
        WriteDate(reply, quote);
        reply.Quoted("08. previous close"u8, quote.PreviousClose, "F4");
        reply.Quoted("09. change"u8, quote.Change, "F4");
        reply.Quoted("10. change percent"u8, quote.ChangePercent, "F4", "%"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDate(Reply reply, Quote quote)
    {
        Span<byte> date = stackalloc byte[10];
        quote.Day.Date.TryFormat(date, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        reply.Writer.WriteString("07. latest trading day"u8, date);
    }

    private static void WriteCsv(Call call, Reply reply, Quote quote)
    {
        reply.Raw(StatusCodes.Status200OK, "application/x-download", [], CallOutcome.Ok);
        reply.Append("symbol,open,high,low,price,volume,latestDay,previousClose,change,changePercent\r\n");
        reply.Append(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{call.Symbols},{quote.Open:F4},{quote.High:F4},{quote.Low:F4},{quote.Price:F4},{quote.Volume},{quote.Day.Date:yyyy-MM-dd},{quote.PreviousClose:F4},{quote.Change:F4},{quote.ChangePercent:F4}%\r\n"
            )
        );
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
                WriteBulkItem(reply, symbols[range], market.QuoteAt(instrument, call.QuoteClock, View).Bent(call), artificial);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteBulkItem(Reply reply, ReadOnlySpan<char> symbol, Quote quote, bool artificial)
    {
        // The sample's numbers are invented, and the same for every symbol.
        var price = artificial ? 100m : quote.Price;
        var previous = artificial ? 99m : quote.PreviousClose;
        var json = reply.Writer;
        json.WriteStartObject();
        json.WriteString("symbol"u8, symbol);
        json.WriteString(
            "timestamp"u8,
            quote.TradedAt.ToOffset(quote.Day.UtcOffset).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)
        );
        reply.Quoted("open"u8, artificial ? price : quote.Open, "0.####");
        reply.Quoted("high"u8, artificial ? price : quote.High, "0.####");
        reply.Quoted("low"u8, artificial ? price : quote.Low, "0.####");
        reply.Quoted("close"u8, price, "0.####");
        reply.Quoted("volume"u8, artificial ? 1_000_000 : quote.Volume, "0");
        reply.Quoted("previous_close"u8, previous, "0.####");
        reply.Quoted("change"u8, price - previous, "0.####");
        reply.Quoted("change_percent"u8, Money.Round((price - previous) * 100 / previous, 4), "0.####");
        json.WriteString("extended_hours_quote"u8, ""u8);
        json.WriteString("extended_hours_change"u8, ""u8);
        json.WriteString("extended_hours_change_percent"u8, ""u8);
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
