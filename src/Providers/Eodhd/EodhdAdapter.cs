using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>EODHD: delayed quotes of the whole world, <c>"NA"</c> in place of numbers, refusals in plain words, HTML or JSON.</summary>
internal sealed partial class EodhdAdapter(ProviderSettings settings) : IProviderAdapter
{
    public static ProviderRegistration Registration { get; } = new(
        ProviderId.Eodhd, "https://eodhd.com/api/", ["free", "paid"], NeedsSecret: false,
        settings => new EodhdAdapter(settings),
        Example:
            """
            {"code":"AAPL.US","timestamp":1750266900,"gmtoffset":0,"open":215.8,"high":216.45,"low":213.6,"close":214.29,
            "volume":37310212,"previousClose":216,"change":-1.65,"change_p":-0.7639}
            """);

    private readonly string _quote = settings.BaseAddress + "real-time/";

    // The key goes only into the query (N17). The default format is CSV by one official page and JSON by another: it is asked for.
    private readonly string _rest = "?fmt=json" + (settings.ApiKey is { } key ? "&api_token=" + Uri.EscapeDataString(key) : "");

    /// <summary>The vendor's exchange codes, one virtual one for the United States; class shares with a hyphen, for only one dot is allowed.</summary>
    public string? Spell(Symbol symbol)
    {
        var suffix = UsVenues.Lists(symbol) ? ".US" : symbol.Venue?.ToString() switch
        {
            "XLON" => ".LSE",
            "XETR" => ".XETRA",
            "XFRA" => ".F",
            "XPAR" => ".PA",
            "XAMS" => ".AS",
            "XBRU" => ".BR",
            "XLIS" => ".LS",
            "XMAD" => ".MC",
            "XSWX" => ".SW",
            "XSTO" => ".ST",
            "XHEL" => ".HE",
            "XCSE" => ".CO",
            "XOSL" => ".OL",
            "XTSE" => ".TO",
            "XTSX" => ".V",
            "XHKG" => ".HK",
            "XASX" => ".AU",
            "XJSE" => ".JSE",
            "XTAE" => ".TA",
            "XSHG" => ".SHG",
            "XSHE" => ".SHE",
            _ => null,
        };
        return suffix is null ? null : symbol.Ticker.Replace('.', '-') + suffix;
    }

    // https://eodhd.com/financial-apis/live-realtime-stocks-api
    public HttpRequestMessage CreateRequest(ProviderListing listing) =>
        new(HttpMethod.Get, new Uri(_quote + Uri.EscapeDataString(listing.ProviderSymbol) + _rest));

    public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing)
    {
        if (JsonText.FirstCharacter(answer.Body) != '[')
            return JsonSerializer.Deserialize(answer.Body, EodhdJson.Default.Quote) is { } quote ? Read(quote, listing) : null;

        // The batch form: found by its name, never by its place (N15).
        foreach (var item in JsonSerializer.Deserialize(answer.Body, EodhdJson.Default.QuoteArray) ?? [])
        {
            if (item is not null && IsAbout(item.Code, listing))
                return Read(item, listing);
        }

        return null;
    }

    public Reading ReadRefusal(in ProviderAnswer answer)
    {
        if (answer.Says("exceeded your daily"u8))
            return Reading.RateLimited(answer, RateWindow.Day);

        // A JSON body may carry the status that the answer itself lacks.
        var status = answer.IsSuccess ? JsonText.Integer(answer.Body, "code") ?? JsonText.Integer(answer.Body, "status") ?? answer.Status : answer.Status;
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

    private static Reading ByText(in ProviderAnswer answer)
    {
        if (answer.Says("unauthenticated"u8) || answer.Says("invalid api token"u8))
            return Reading.InvalidKey;
        if (answer.Says("api rate limit exceeded"u8))
            return Reading.RateLimited(answer, RateWindow.CalendarMinute);
        if (answer.Says("forbidden"u8) && !answer.Says("<html"u8))
            return Reading.PlanRestricted;
        if (answer.Says("ticker not found"u8))
            return Reading.UnknownSymbol;
        if (answer.IsSuccess && JsonText.HasAny(answer.Body, "error"))
            return Reading.ServerError(answer);

        return Reading.ByStatus(answer, RateWindow.CalendarMinute, forbidden: Reading.PlanRestricted);
    }

    private static Reading? Read(Quote wire, ProviderListing listing)
    {
        if (wire is { Code: null, Close: null, PreviousClose: null, Seconds: null } || wire.Error is not null)
            return null;
        if (!IsAbout(wire.Code, listing))
            return Reading.AnotherSymbol;
        if (wire is { Close: not > 0, PreviousClose: not > 0, Open: not > 0, High: not > 0, Low: not > 0, Seconds: not > 0 })
            return Reading.UnknownSymbol;

        return Reading.Quote(new RawQuote
        {
            Price = wire.Close,
            Open = wire.Open,
            High = wire.High,
            Low = wire.Low,
            PreviousClose = wire.PreviousClose,
            Change = wire.Change,
            ChangePercent = wire.ChangePercent,
            Volume = wire.Volume,
            AsOf = UnixTime.FromSeconds(wire.Seconds),
            Freshness = QuoteFreshness.Delayed,
        });
    }

    /// <summary>Named with or without the exchange (N14); <c>NA</c> names nothing, and stands in answers about unknown symbols.</summary>
    private static bool IsAbout(string? code, ProviderListing listing)
    {
        if (string.IsNullOrEmpty(code) || code == "NA" || string.Equals(code, listing.ProviderSymbol, StringComparison.OrdinalIgnoreCase))
            return true;

        var dot = listing.ProviderSymbol.LastIndexOf('.');
        return dot > 0 && listing.ProviderSymbol.AsSpan(0, dot).Equals(code, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>https://eodhd.com/financial-apis/live-realtime-stocks-api. <c>gmtoffset</c> is left out on purpose: the timestamp is UTC already.</summary>
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

    [JsonSourceGenerationOptions(Converters = [typeof(LenientDecimalConverter), typeof(LenientInt64Converter)])]
    [JsonSerializable(typeof(Quote))]
    [JsonSerializable(typeof(Quote[]))]
    private sealed partial class EodhdJson : JsonSerializerContext;
}
