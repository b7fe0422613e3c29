using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>Writes and reads a quote by hand, because some fifty of them pass through JSON for one request, and a generated contract reads
/// each of their twenty values into a box, which takes 1,112 bytes a quote instead of 424. Names are camel case and times end in Z whatever
/// the options say; of them only <see cref="JsonSerializerOptions.DefaultIgnoreCondition"/> counts.</summary>
public sealed class ProviderQuoteJsonConverter : JsonConverter<ProviderQuote>
{
    private const int MaxDateLength = 10;

    private static readonly JsonEncodedText[] Names =
    [
        .. new[]
        {
            "price",
            "bid",
            "ask",
            "open",
            "high",
            "low",
            "previousClose",
            "change",
            "changePercent",
            "volume",
            "currency",
            "rawPrice",
            "rawUnit",
            "asOf",
            "asOfPrecision",
            "tradingDate",
            "receivedAt",
            "freshness",
            "stale",
            "suspect",
            "singleVenue",
            "session",
            "simulated",
        }.Select(name => JsonEncodedText.Encode(name)),
    ];

    private static readonly JsonEncodedText[] Precisions =
    [
        .. new[] { "instant", "minute", "session", "day" }.Select(name => JsonEncodedText.Encode(name)),
    ];
    private static readonly JsonEncodedText[] Freshnesses =
    [
        .. new[] { "unknown", "real-time", "delayed", "end-of-day" }.Select(name => JsonEncodedText.Encode(name)),
    ];
    private static readonly JsonEncodedText[] Sessions =
    [
        .. new[] { "closed", "pre", "regular", "post" }.Select(name => JsonEncodedText.Encode(name)),
    ];

    private enum Field
    {
        Price,
        Bid,
        Ask,
        Open,
        High,
        Low,
        PreviousClose,
        Change,
        ChangePercent,
        Volume,
        Currency,
        RawPrice,
        RawUnit,
        AsOf,
        AsOfPrecision,
        TradingDate,
        ReceivedAt,
        Freshness,
        Stale,
        Suspect,
        SingleVenue,
        Session,
        Simulated,
    }

    public override void Write(Utf8JsonWriter writer, ProviderQuote value, JsonSerializerOptions options)
    {
        var nulls = options.DefaultIgnoreCondition is not (JsonIgnoreCondition.WhenWritingNull or JsonIgnoreCondition.WhenWritingDefault);
        writer.WriteStartObject();
        Write(Field.Price, value.Price);
        Write(Field.Bid, value.Bid);
        Write(Field.Ask, value.Ask);
        Write(Field.Open, value.Open);
        Write(Field.High, value.High);
        Write(Field.Low, value.Low);
        Write(Field.PreviousClose, value.PreviousClose);
        Write(Field.Change, value.Change);
        Write(Field.ChangePercent, value.ChangePercent);
        if (value.Volume is { } volume)
        {
            writer.WriteNumber(Name(Field.Volume), volume);
        }
        else
        {
            Null(Field.Volume);
        }

        WriteText(Field.Currency, value.Currency?.ToString());
        Write(Field.RawPrice, value.RawPrice);
        WriteText(Field.RawUnit, value.RawUnit);
        if (value.AsOf is { } asOf)
        {
            writer.WriteString(Name(Field.AsOf), asOf.UtcDateTime);
        }
        else
        {
            Null(Field.AsOf);
        }

        if (value.AsOfPrecision is { } precision)
        {
            writer.WriteString(Name(Field.AsOfPrecision), Precisions[(int)precision]);
        }
        else
        {
            Null(Field.AsOfPrecision);
        }

        if (value.TradingDate is { } date)
        {
            Span<byte> text = stackalloc byte[MaxDateLength];
            date.TryFormat(text, out var length, "O", provider: null);
            writer.WriteString(Name(Field.TradingDate), text[..length]);
        }
        else
        {
            Null(Field.TradingDate);
        }

        writer.WriteString(Name(Field.ReceivedAt), value.ReceivedAt.UtcDateTime);
        writer.WriteString(Name(Field.Freshness), Freshnesses[(int)value.Freshness]);
        writer.WriteBoolean(Name(Field.Stale), value.Stale);
        WriteText(Field.Suspect, value.Suspect);
        if (value.SingleVenue)
        {
            writer.WriteBoolean(Name(Field.SingleVenue), true);
        }

        if (value.Session is { } session)
        {
            writer.WriteString(Name(Field.Session), Sessions[(int)session]);
        }
        else
        {
            Null(Field.Session);
        }

        if (value.Simulated)
        {
            writer.WriteBoolean(Name(Field.Simulated), true);
        }

        writer.WriteEndObject();

        void Write(Field field, decimal? number)
        {
            if (number is { } known)
            {
                writer.WriteNumber(Name(field), known);
            }
            else
            {
                Null(field);
            }
        }

        void WriteText(Field field, string? text)
        {
            if (text is not null)
            {
                writer.WriteString(Name(field), text);
            }
            else
            {
                Null(field);
            }
        }

        void Null(Field field)
        {
            if (nulls)
            {
                writer.WriteNull(Name(field));
            }
        }
    }

    public override ProviderQuote Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A quote is an object.");
        }

        decimal? price = null,
            bid = null,
            ask = null,
            open = null,
            high = null,
            low = null,
            previousClose = null,
            change = null,
            changePercent = null,
            rawPrice = null;
        long? volume = null;
        CurrencyCode? currency = null;
        string? rawUnit = null,
            suspect = null;
        DateTimeOffset? asOf = null,
            receivedAt = null;
        AsOfPrecision? precision = null;
        DateOnly? tradingDate = null;
        var freshness = QuoteFreshness.Unknown;
        SessionKind? session = null;
        var (stale, singleVenue, simulated) = (false, false, false);
        var next = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = Find(ref reader, ref next);
            reader.Read();
            switch (field)
            {
                case Field.Price:
                    price = Number(ref reader);
                    break;
                case Field.Bid:
                    bid = Number(ref reader);
                    break;
                case Field.Ask:
                    ask = Number(ref reader);
                    break;
                case Field.Open:
                    open = Number(ref reader);
                    break;
                case Field.High:
                    high = Number(ref reader);
                    break;
                case Field.Low:
                    low = Number(ref reader);
                    break;
                case Field.PreviousClose:
                    previousClose = Number(ref reader);
                    break;
                case Field.Change:
                    change = Number(ref reader);
                    break;
                case Field.ChangePercent:
                    changePercent = Number(ref reader);
                    break;
                case Field.Volume:
                    volume = IsNull(ref reader) ? null : reader.GetInt64();
                    break;
                case Field.Currency:
                    currency = Currency(ref reader);
                    break;
                case Field.RawPrice:
                    rawPrice = Number(ref reader);
                    break;
                case Field.RawUnit:
                    rawUnit = !IsNull(ref reader) && reader.ValueTextEquals("USD"u8) ? "USD" : reader.GetString();
                    break;
                case Field.AsOf:
                    asOf = IsNull(ref reader) ? null : reader.GetDateTimeOffset().ToUniversalTime();
                    break;
                case Field.AsOfPrecision:
                    precision = IsNull(ref reader) ? null : (AsOfPrecision)IndexIn(Precisions, ref reader);
                    break;
                case Field.TradingDate:
                    tradingDate = Date(ref reader);
                    break;
                case Field.ReceivedAt:
                    receivedAt = reader.GetDateTimeOffset().ToUniversalTime();
                    break;
                case Field.Freshness:
                    freshness = (QuoteFreshness)IndexIn(Freshnesses, ref reader);
                    break;
                case Field.Stale:
                    stale = reader.GetBoolean();
                    break;
                case Field.Suspect:
                    suspect = reader.GetString();
                    break;
                case Field.SingleVenue:
                    singleVenue = reader.GetBoolean();
                    break;
                case Field.Session:
                    session = IsNull(ref reader) ? null : (SessionKind)IndexIn(Sessions, ref reader);
                    break;
                case Field.Simulated:
                    simulated = reader.GetBoolean();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new ProviderQuote
        {
            Price = price,
            Bid = bid,
            Ask = ask,
            Open = open,
            High = high,
            Low = low,
            PreviousClose = previousClose,
            Change = change,
            ChangePercent = changePercent,
            Volume = volume,
            Currency = currency,
            RawPrice = rawPrice,
            RawUnit = rawUnit,
            AsOf = asOf,
            AsOfPrecision = precision,
            TradingDate = tradingDate,
            ReceivedAt = receivedAt ?? throw new JsonException("A quote needs the time when it was received."),
            Freshness = freshness,
            Stale = stale,
            Suspect = suspect,
            SingleVenue = singleVenue,
            Session = session,
            Simulated = simulated,
        };
    }

    private static JsonEncodedText Name(Field field) => Names[(int)field];

    /// <summary>Fields come in the order in which they were written, some left out: the search begins after the one before.</summary>
    private static Field? Find(ref Utf8JsonReader reader, ref int next)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            var candidate = (next + i) % Names.Length;
            if (reader.ValueTextEquals(Names[candidate].EncodedUtf8Bytes))
            {
                next = (candidate + 1) % Names.Length;
                return (Field)candidate;
            }
        }

        return null;
    }

    private static bool IsNull(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null;

    private static decimal? Number(ref Utf8JsonReader reader) => IsNull(ref reader) ? null : reader.GetDecimal();

    /// <summary>Quotes stored before the list of currencies was checked may name one that is not in it: they then have none.</summary>
    private static CurrencyCode? Currency(ref Utf8JsonReader reader) =>
        IsNull(ref reader) ? null
        : reader.ValueTextEquals("USD"u8) ? CurrencyCode.Usd
        : CurrencyCode.TryParse(reader.GetString(), out var currency) ? currency
        : null;

    private static DateOnly? Date(ref Utf8JsonReader reader) =>
        IsNull(ref reader) ? null
        : !reader.HasValueSequence && DateOnly.TryParseExact(System.Text.Encoding.ASCII.GetString(reader.ValueSpan), "O", out var date)
            ? date
        : throw new JsonException("A trading date is written as in 2026-11-20.");

    private static int IndexIn(JsonEncodedText[] names, ref Utf8JsonReader reader)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (reader.ValueTextEquals(names[i].EncodedUtf8Bytes))
            {
                return i;
            }
        }

        throw new JsonException($"'{reader.GetString()}' is none of {string.Join(", ", names)}.");
    }
}
