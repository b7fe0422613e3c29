using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Quorum.Functions.Http;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>The JSON of an answer: the consolidated quote, written once and stored as it is, and the few members of the single request that
/// are put in before its closing brace.</summary>
internal static class QuoteDocument
{
    /// <summary>The maximum length of a tail, in bytes.</summary>
    public const int LongestTail = 512;

    public static ReadOnlyMemory<byte> Write(ConsolidatedQuote quote)
    {
        var document = ApiJson.Write(quote, HttpJson.Default.ConsolidatedQuote);
        return quote is { Conversion.Unit: var unit, Currency: { } currency } && unit != currency.ToString()
            ? WithUnit(document, unit)
            : document;
    }

    /// <exception cref="JsonException">The document is not one that <see cref="Write"/> made.</exception>
    public static ConsolidatedQuote Read(ReadOnlyMemory<byte> document) =>
        JsonSerializer.Deserialize(document.Span, HttpJson.Default.ConsolidatedQuote) ?? throw new JsonException("The document is null.");

    /// <summary>Reads each provider's timing from the document, in its order, without parsing the rest.</summary>
    public static List<ProviderTiming> ReadTimings(ReadOnlyMemory<byte> document)
    {
        var timings = new List<ProviderTiming>(ProviderId.All.Count);
        var reader = new Utf8JsonReader(document.Span);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isProviders = reader.ValueTextEquals("providers"u8);
                reader.Read();
                if (!isProviders)
                {
                    reader.Skip();
                }
            }
            else if (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == 2)
            {
                timings.Add(ReadTiming(ref reader));
            }
        }

        return timings;
    }

    /// <summary>The document's <c>quality.confidence</c>, without reading the rest; 0 when there is none.</summary>
    public static double ReadConfidence(ReadOnlyMemory<byte> document)
    {
        var reader = new Utf8JsonReader(document.Span);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == 2 && reader.ValueTextEquals("confidence"u8))
            {
                reader.Read();
                return reader.GetDouble();
            }

            if (reader.CurrentDepth == 1 && !reader.ValueTextEquals("quality"u8))
            {
                reader.Read();
                reader.Skip();
            }
        }

        return 0;
    }

    /// <summary>The document without its closing brace.</summary>
    public static ReadOnlyMemory<byte> Head(ReadOnlyMemory<byte> document) => document[..^1];

    /// <summary>
    /// Writes the rest of an answer, closing brace included. <paramref name="instanceId"/> and <paramref name="traceId"/> are ours and need
    /// no escaping; times are in milliseconds.
    /// </summary>
    /// <returns>The number of bytes written to <paramref name="destination"/>.</returns>
    public static int WriteTail(Span<byte> destination, double budget, double elapsed, double overhead, string? instanceId, string traceId)
    {
        var fits = instanceId is null
            ? Utf8.TryWrite(
                destination,
                CultureInfo.InvariantCulture,
                $",\"timing\":{{\"budgetMs\":{budget},\"elapsedMs\":{elapsed},\"overheadMs\":{overhead}}},\"instanceId\":null,\"traceId\":\"{traceId}\"}}",
                out var written
            )
            : Utf8.TryWrite(
                destination,
                CultureInfo.InvariantCulture,
                $",\"timing\":{{\"budgetMs\":{budget},\"elapsedMs\":{elapsed},\"overheadMs\":{overhead}}},\"instanceId\":\"{instanceId}\",\"traceId\":\"{traceId}\"}}",
                out written
            );
        return fits ? written : throw new ArgumentException($"{LongestTail} bytes are enough for every tail.", nameof(destination));
    }

    /// <summary>Prices in a minor unit name it as their currency.</summary>
    private static byte[] WithUnit(ReadOnlyMemory<byte> document, string unit)
    {
        var reader = new Utf8JsonReader(document.Span);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            var isCurrency = reader.ValueTextEquals("currency"u8);
            reader.Read();
            if (isCurrency)
            {
                var (from, to) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                return [.. document.Span[..from], .. Encoding.UTF8.GetBytes($"\"{unit}\""), .. document.Span[to..]];
            }

            reader.Skip();
        }

        throw new JsonException("The document has no currency.");
    }

    private static ProviderTiming ReadTiming(ref Utf8JsonReader reader)
    {
        var (provider, outcome, latency) = ("", "", 0d);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                provider = reader.GetString() ?? "";
            }
            else if (reader.ValueTextEquals("outcome"u8))
            {
                reader.Read();
                outcome = reader.GetString() ?? "";
            }
            else if (reader.ValueTextEquals("latencyMs"u8))
            {
                reader.Read();
                latency = reader.GetDouble();
            }
            else
            {
                reader.Skip();
            }
        }

        return new ProviderTiming(provider, outcome, latency);
    }
}

/// <summary>The latency and outcome of one provider.</summary>
/// <param name="Provider">Its name in the API.</param>
/// <param name="Outcome">The outcome's name in the API.</param>
/// <param name="LatencyMs">0 when it was not called.</param>
internal readonly record struct ProviderTiming(string Provider, string Outcome, double LatencyMs)
{
    /// <summary>The value of a <c>Server-Timing</c> header: <c>finnhub;dur=38.2;desc="ok", …</c>.</summary>
    public static string ToHeader(IReadOnlyList<ProviderTiming> timings)
    {
        var text = new StringBuilder(capacity: 256);
        for (var i = 0; i < timings.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ")
                .Append(timings[i].Provider)
                .Append(CultureInfo.InvariantCulture, $";dur={Math.Round(timings[i].LatencyMs, 1)};desc=\"{timings[i].Outcome}\"");
        }

        return text.ToString();
    }

    /// <summary>One entry for each provider also where none was asked, and so none has a duration.</summary>
    public static string ToHeader(ProviderSelection providers) => providers.IsAll ? AllStored : Stored(providers);

    private static string Stored(ProviderSelection providers) =>
        string.Join(", ", providers.ToList().Select(id => $"{id};desc=\"stored\""));

    private static string AllStored { get; } = Stored(ProviderSelection.All);
}
