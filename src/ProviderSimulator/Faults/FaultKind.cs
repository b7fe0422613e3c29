using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>The kinds of fault.</summary>
[JsonConverter(typeof(EnumNameConverter<FaultKind>))]
internal enum FaultKind
{
    /// <summary>
    /// The connection is reset as soon as the request has arrived: the nearest to a refused connection that one shared port allows.
    /// </summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>No answer is ever sent.</summary>
    [JsonStringEnumMemberName("hang")]
    Hang,

    /// <summary>Headers are sent <see cref="Fault.Ms"/> late.</summary>
    [JsonStringEnumMemberName("slow-headers")]
    SlowHeaders,

    /// <summary>The body is sent in pieces of <see cref="Fault.Bytes"/>, one every <see cref="Fault.Ms"/>.</summary>
    [JsonStringEnumMemberName("dripped-body")]
    DrippedBody,

    /// <summary>The connection breaks in the middle of the body.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset,

    /// <summary>The given <see cref="Fault.Status"/>, with the provider's own body for it or the given one.</summary>
    [JsonStringEnumMemberName("status")]
    Status,

    /// <summary>200 with an HTML page.</summary>
    [JsonStringEnumMemberName("html")]
    Html,

    /// <summary>The body ends in its middle, without an error.</summary>
    [JsonStringEnumMemberName("truncated")]
    Truncated,

    /// <summary>200 without a body.</summary>
    [JsonStringEnumMemberName("empty")]
    Empty,

    /// <summary>Fields are renamed or have other types: <see cref="Fault.Drift"/>.</summary>
    [JsonStringEnumMemberName("drift")]
    Drift,

    /// <summary>A good answer followed by <see cref="Fault.Bytes"/> of white space.</summary>
    [JsonStringEnumMemberName("oversized")]
    Oversized,

    /// <summary>The quote of <see cref="Fault.Seconds"/> ago, with that time.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale,

    /// <summary>The quote of the moment when the fault was switched on, unchanged until the fault ends.</summary>
    [JsonStringEnumMemberName("frozen")]
    Frozen,

    /// <summary>Every price is multiplied by <see cref="Fault.Factor"/>.</summary>
    [JsonStringEnumMemberName("wrong-price")]
    WrongPrice,

    /// <summary>
    /// Prices in <see cref="Fault.Currency"/>, converted by <see cref="Fault.Factor"/>. The currency is named where the provider names one.
    /// </summary>
    [JsonStringEnumMemberName("wrong-currency")]
    WrongCurrency,

    /// <summary>Numbers become the text <see cref="Fault.Text"/>: <c>NaN</c>, <c>None</c>, or raw JSON.</summary>
    [JsonStringEnumMemberName("bad-numbers")]
    BadNumbers,

    /// <summary>The provider leaves out the unit of its prices where it usually names it.</summary>
    [JsonStringEnumMemberName("no-unit")]
    NoUnit,

    /// <summary>
    /// The quote of a listing with the same ticker elsewhere: prices multiplied by <see cref="Fault.Factor"/>, and <see cref="Fault.Mic"/>,
    /// <see cref="Fault.Exchange"/> or another suffix where the provider names these.
    /// </summary>
    [JsonStringEnumMemberName("foreign-listing")]
    ForeignListing,

    /// <summary>
    /// The morning of a split: the previous close is still the unadjusted one, <see cref="Fault.Factor"/> times the right one.
    /// </summary>
    [JsonStringEnumMemberName("split-morning")]
    SplitMorning,

    /// <summary>Unix times in another <see cref="Fault.Unit"/> than the documented one.</summary>
    [JsonStringEnumMemberName("time-unit")]
    TimeUnit,

    /// <summary>403 with the block page of a CDN, instead of an answer of the provider.</summary>
    [JsonStringEnumMemberName("block-page")]
    BlockPage,

    /// <summary>
    /// The quote of <see cref="Fault.Seconds"/> before the fault was switched on, with current times, until the fault ends.
    /// </summary>
    [JsonStringEnumMemberName("stuck")]
    Stuck,

    /// <summary>Last price, bid and ask are twice the right ones; the other fields are correct.</summary>
    [JsonStringEnumMemberName("doubled-price")]
    DoubledPrice,

    /// <summary>Numbers that went through a 32-bit float: 209.65 is 209.6499939.</summary>
    [JsonStringEnumMemberName("float-noise")]
    FloatNoise,

    /// <summary>The bid is one percent above the price and the ask one percent below.</summary>
    [JsonStringEnumMemberName("crossed-book")]
    CrossedBook,

    /// <summary>An empty book: the bid is 0.01 and the ask 199999.99.</summary>
    [JsonStringEnumMemberName("stub-book")]
    StubBook,

    /// <summary>One of the provider's own answers by name: <see cref="Fault.Shape"/>.</summary>
    [JsonStringEnumMemberName("shape")]
    Shape,
}

/// <summary>The unit of a Unix time.</summary>
[JsonConverter(typeof(EnumNameConverter<TimeUnit>))]
internal enum TimeUnit
{
    [JsonStringEnumMemberName("seconds")]
    Seconds,

    [JsonStringEnumMemberName("milliseconds")]
    Milliseconds,

    [JsonStringEnumMemberName("microseconds")]
    Microseconds,

    [JsonStringEnumMemberName("nanoseconds")]
    Nanoseconds,
}

/// <summary>The kind of a schema drift.</summary>
[JsonConverter(typeof(EnumNameConverter<SchemaDrift>))]
internal enum SchemaDrift
{
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary><c>c</c> becomes <c>c_v2</c>.</summary>
    [JsonStringEnumMemberName("renamed")]
    Renamed,

    /// <summary>A number becomes an object that holds it.</summary>
    [JsonStringEnumMemberName("retyped")]
    Retyped,

    /// <summary>Numbers become strings, and strings that hold numbers become numbers.</summary>
    [JsonStringEnumMemberName("swapped")]
    Swapped,
}
