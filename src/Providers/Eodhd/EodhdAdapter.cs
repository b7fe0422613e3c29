using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>EODHD: delayed quotes of the whole world, <c>"NA"</c> in place of numbers, refusals in plain words, HTML or JSON.</summary>
internal sealed partial class EodhdAdapter(ProviderSettings settings) : IBatchAdapter
{
    public static ProviderRegistration Registration { get; } =
        new(
            ProviderId.Eodhd,
            "https://eodhd.com/api/",
            ["free", "paid"],
            plan => new(PerMinute: 1_000, PerDay: plan is "free" ? 20 : 100_000),
            NeedsSecret: false,
            settings => new EodhdAdapter(settings)
        );

    /// <summary>"15 to 20 symbols a call advised."</summary>
    public int MaxBatch => 15;

    private readonly string _quote = settings.BaseAddress + "real-time/";

    // The key goes only into the query (N17). The default format is CSV by one official page and JSON by another: it is asked for.
    private readonly string _rest = "?fmt=json" + (settings.ApiKey is { } key ? "&api_token=" + Uri.EscapeDataString(key) : "");

    // https://eodhd.com/financial-apis/live-realtime-stocks-api
    public HttpRequestMessage CreateRequest(ProviderListing listing) =>
        new(HttpMethod.Get, new Uri(_quote + Uri.EscapeDataString(listing.ProviderSymbol) + _rest));

    public QuoteFreshness BestFreshness(ProviderListing listing) => QuoteFreshness.Delayed;

    public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing)
    {
        if (JsonText.FirstCharacter(answer.Body) != '[')
        {
            return Read(answer.Body, listing);
        }

        // The batch form: found by its name, never by its place (N15).
        foreach (var part in JsonText.Parts(answer.Body))
        {
            if (Read(answer.Body[part.Place], listing) is { } reading && reading != Reading.AnotherSymbol)
            {
                return reading;
            }
        }

        return null;
    }

    public bool IsBatchable(ProviderListing listing) => true;

    /// <summary>The unit is the call, one for each symbol.</summary>
    public int CountCalls(int listings) => listings;

    // The first symbol in the path, the others in a parameter.
    public HttpRequestMessage CreateBatchRequest(IReadOnlyList<ProviderListing> listings) =>
        new(
            HttpMethod.Get,
            new Uri(
                _quote
                    + Uri.EscapeDataString(listings[0].ProviderSymbol)
                    + _rest
                    + "&s="
                    + string.Join(',', listings.Skip(1).Select(listing => Uri.EscapeDataString(listing.ProviderSymbol)))
            )
        );

    public Reading[]? ReadBatch(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings)
    {
        if (JsonText.FirstCharacter(answer.Body) != '[')
        {
            return null;
        }

        var items = new Dictionary<string, Range>(StringComparer.Ordinal);
        foreach (var part in JsonText.Parts(answer.Body))
        {
            if (CodeOf(answer.Body[part.Place]) is { } code)
            {
                items[code] = part.Place;
            }
        }

        var readings = new Reading[listings.Count];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] =
                items.TryGetValue(listings[i].ProviderSymbol, out var place)
                || (!HasNamesake(listings, i) && items.TryGetValue(WithoutExchange(listings[i]), out place))
                    ? ReadAlone(answer.Body[place], listings[i])
                    : Reading.UnknownSymbol; // left out, or called NA
        }

        return readings;
    }

    /// <summary>A symbol outside of the plan fails them all, as one unknown in the path may.</summary>
    public int? FindCulprit(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings)
    {
        var refusal = ReadRefusal(answer).Status;
        return refusal is FetchStatus.PlanRestricted or FetchStatus.UnknownSymbol ? IBatchAdapter.UnnamedCulprit : null;
    }

    public Reading ReadRefusal(in ProviderAnswer answer)
    {
        if (answer.Says("exceeded your daily"u8))
        {
            return Reading.RateLimited(answer, RateWindow.Day);
        }

        // The one word for a bad key, also where a page says that the status of a bad key is 403.
        if (answer.Says("unauthenticated"u8) || answer.Says("invalid api token"u8))
        {
            return Reading.InvalidKey;
        }

        // A JSON body may carry the status that the answer itself lacks.
        var status = answer.IsSuccess
            ? JsonText.Integer(answer.Body, "code") ?? JsonText.Integer(answer.Body, "status") ?? answer.Status
            : answer.Status;
        return status switch
        {
            402 => Reading.RateLimited(answer, RateWindow.Day),
            429 => Reading.RateLimited(answer, RateWindow.CalendarMinute),
            401 => Reading.InvalidKey,
            403 => answer.Says("token"u8) || answer.Says("api key"u8) ? Reading.InvalidKey : Reading.PlanRestricted,
            404 when answer.Says("ticker not found"u8) || answer.Says("symbol not found"u8) => Reading.UnknownSymbol,
            _ => ByText(answer),
        };
    }

    /// <summary>The page with which the limit of a minute is refused.</summary>
    public bool SendsPage(int status) => status == 429;

    private static Reading ByText(in ProviderAnswer answer)
    {
        if (answer.Says("api rate limit exceeded"u8))
        {
            return Reading.RateLimited(answer, RateWindow.CalendarMinute);
        }

        if (answer.Says("forbidden"u8))
        {
            return Reading.PlanRestricted;
        }

        if (answer.Says("ticker not found"u8))
        {
            return Reading.UnknownSymbol;
        }

        if (answer.IsSuccess && JsonText.HasAny(answer.Body, "error"))
        {
            return Reading.ServerError(answer);
        }

        return Reading.ByStatus(answer, RateWindow.CalendarMinute, forbidden: Reading.PlanRestricted);
    }

    /// <summary>The item's code, if it can be read and names anything.</summary>
    private static string? CodeOf(ReadOnlySpan<byte> item)
    {
        try
        {
            return JsonSerializer.Deserialize(item, EodhdJson.Default.Named) is { Code: { Length: > 0 } code } && code != "NA"
                ? code
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Reading ReadAlone(ReadOnlySpan<byte> item, ProviderListing listing)
    {
        try
        {
            return Read(item, listing) ?? Reading.NotAQuote;
        }
        catch (JsonException)
        {
            return Reading.NotAQuote;
        }
    }

    private static Reading? Read(ReadOnlySpan<byte> json, ProviderListing listing)
    {
        if (JsonSerializer.Deserialize(json, EodhdJson.Default.Quote) is not { Error: null } wire)
        {
            return null;
        }

        if (wire is { Code: null, Close: null, PreviousClose: null, Seconds: null } && !JsonText.HasAny(json, "close", "previousClose"))
        {
            return null;
        }

        if (!IsAbout(wire.Code, listing))
        {
            return Reading.AnotherSymbol;
        }

        if (wire is { Close: not > 0, PreviousClose: not > 0, Open: not > 0, High: not > 0, Low: not > 0, Seconds: not > 0 })
        {
            return Reading.UnknownSymbol;
        }

        return Reading.Quote(
            new RawQuote
            {
                Price = wire.Close,
                Open = wire.Open,
                High = wire.High,
                Low = wire.Low,
                PreviousClose = wire.PreviousClose,
                Change = wire.Change,
                ChangePercent = wire.ChangePercent,
                Volume = wire.Volume,
                AsOf = UnixTime.Read(wire.Seconds),
                PriceIsOfBar = true,
                Freshness = QuoteFreshness.Delayed,
            }
        );
    }

    /// <summary>Named with or without the exchange (N14); <c>NA</c> names nothing, and stands in answers about unknown symbols.</summary>
    private static bool IsAbout(string? code, ProviderListing listing)
    {
        if (string.IsNullOrEmpty(code) || code == "NA" || code == listing.ProviderSymbol)
        {
            return true;
        }

        return code == WithoutExchange(listing); // in another case it is another instrument (N25)
    }

    private static string WithoutExchange(ProviderListing listing) =>
        listing.ProviderSymbol.LastIndexOf('.') is > 0 and var dot ? listing.ProviderSymbol[..dot] : listing.ProviderSymbol;

    /// <summary>
    /// Returns true if another listing has the same ticker elsewhere: a code without the exchange could then mean either.
    /// </summary>
    private static bool HasNamesake(IReadOnlyList<ProviderListing> listings, int place)
    {
        for (var i = 0; i < listings.Count; i++)
        {
            if (
                i != place
                && string.Equals(WithoutExchange(listings[i]), WithoutExchange(listings[place]), StringComparison.OrdinalIgnoreCase)
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>https://eodhd.com/financial-apis/live-realtime-stocks-api. <c>gmtoffset</c> is left out on purpose: the timestamp is UTC
    /// already.</summary>
    private sealed class Quote
    {
        [JsonPropertyName("code")]
        public string? Code { get; set; }

        [JsonPropertyName("timestamp")]
        public long? Seconds { get; set; }

        [JsonPropertyName("open")]
        public decimal? Open { get; set; }

        [JsonPropertyName("high")]
        public decimal? High { get; set; }

        [JsonPropertyName("low")]
        public decimal? Low { get; set; }

        [JsonPropertyName("close"), JsonConverter(typeof(PriceConverter))]
        public decimal? Close { get; set; }

        [JsonPropertyName("volume")]
        public decimal? Volume { get; set; }

        [JsonPropertyName("previousClose")]
        public decimal? PreviousClose { get; set; }

        [JsonPropertyName("change")]
        public decimal? Change { get; set; }

        [JsonPropertyName("change_p")]
        public decimal? ChangePercent { get; set; }

        [JsonPropertyName("error")]
        public string? Error { get; set; }
    }

    private sealed class Named
    {
        [JsonPropertyName("code")]
        public string? Code { get; set; }
    }

    [JsonSourceGenerationOptions(Converters = [typeof(LenientDecimalConverter), typeof(LenientInt64Converter)])]
    [JsonSerializable(typeof(Quote))]
    [JsonSerializable(typeof(Named))]
    private sealed partial class EodhdJson : JsonSerializerContext;
}
