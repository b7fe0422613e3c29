using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>What goes wrong.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
internal enum FaultKind
{
    /// <summary>The connection is reset as soon as the request is there: as near to a refused connection as one shared port allows.</summary>
    [JsonStringEnumMemberName("refused")] Refused,

    /// <summary>Nothing ever comes.</summary>
    [JsonStringEnumMemberName("hang")] Hang,

    /// <summary>Headers come <see cref="Fault.Ms"/> late.</summary>
    [JsonStringEnumMemberName("slow-headers")] SlowHeaders,

    /// <summary>The body comes in pieces of <see cref="Fault.Bytes"/>, one each <see cref="Fault.Ms"/>.</summary>
    [JsonStringEnumMemberName("dripped-body")] DrippedBody,

    /// <summary>The connection breaks in the middle of the body.</summary>
    [JsonStringEnumMemberName("reset")] Reset,

    /// <summary>The given <see cref="Fault.Status"/>, with the provider's own body for it or the given one.</summary>
    [JsonStringEnumMemberName("status")] Status,

    /// <summary>200 with an HTML page.</summary>
    [JsonStringEnumMemberName("html")] Html,

    /// <summary>The body ends in its middle, as if that were all.</summary>
    [JsonStringEnumMemberName("truncated")] Truncated,

    /// <summary>200 with no body.</summary>
    [JsonStringEnumMemberName("empty")] Empty,

    /// <summary>Fields are renamed or of other types: <see cref="Fault.Drift"/>.</summary>
    [JsonStringEnumMemberName("drift")] Drift,

    /// <summary>A good answer followed by <see cref="Fault.Bytes"/> of white space.</summary>
    [JsonStringEnumMemberName("oversized")] Oversized,

    /// <summary>The quote of <see cref="Fault.Seconds"/> ago, with that time.</summary>
    [JsonStringEnumMemberName("stale")] Stale,

    /// <summary>The quote of the moment when the fault was switched on, for ever.</summary>
    [JsonStringEnumMemberName("frozen")] Frozen,

    /// <summary>Every price is multiplied by <see cref="Fault.Factor"/>.</summary>
    [JsonStringEnumMemberName("wrong-price")] WrongPrice,

    /// <summary>Prices in <see cref="Fault.Currency"/>, converted by <see cref="Fault.Factor"/>; it is named where the provider names a currency.</summary>
    [JsonStringEnumMemberName("wrong-currency")] WrongCurrency,

    /// <summary>Numbers become the text <see cref="Fault.Text"/>: <c>NaN</c>, <c>None</c>, or raw JSON.</summary>
    [JsonStringEnumMemberName("bad-numbers")] BadNumbers,

    /// <summary>One of the provider's own answers by name: <see cref="Fault.Shape"/>.</summary>
    [JsonStringEnumMemberName("shape")] Shape,
}

/// <summary>How a schema drifts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SchemaDrift>))]
internal enum SchemaDrift
{
    [JsonStringEnumMemberName("none")] None,

    /// <summary><c>c</c> becomes <c>c_v2</c>.</summary>
    [JsonStringEnumMemberName("renamed")] Renamed,

    /// <summary>A number becomes an object that holds it.</summary>
    [JsonStringEnumMemberName("retyped")] Retyped,

    /// <summary>Numbers become strings, and strings that hold numbers become numbers.</summary>
    [JsonStringEnumMemberName("swapped")] Swapped,
}
