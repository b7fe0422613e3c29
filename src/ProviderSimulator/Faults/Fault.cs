namespace Quorum.ProviderSimulator;

/// <summary>One fault as the admin endpoint takes and shows it. Members that a kind does not use are ignored.</summary>
/// <param name="Id">The id, assigned by the simulator.</param>
/// <param name="Provider">A provider's name; <see langword="null"/> or <c>*</c> for all.</param>
/// <param name="Symbol">Only calls that ask for this symbol, in the provider's spelling; <see langword="null"/> for all.</param>
/// <param name="Probability">The share of calls that are affected, above 0, at most 1.</param>
/// <param name="Count">The number of calls that are affected before the fault ends; <see langword="null"/> for no end.</param>
/// <param name="ForSeconds">The duration, in seconds of real time; <see langword="null"/> for no end.</param>
/// <param name="Ms">
/// Milliseconds: the delay of <see cref="FaultKind.SlowHeaders"/>, or the pause between two pieces of a dripped body.
/// </param>
/// <param name="Bytes">The size of one piece of a dripped body (default 1), or of an oversized body (default 16 MiB).</param>
/// <param name="Status">HTTP status.</param>
/// <param name="RetryAfter">The header <c>Retry-After</c> as it is sent: seconds, an HTTP date, or an invalid value.</param>
/// <param name="Headers">More headers.</param>
/// <param name="Body">The body of a <see cref="FaultKind.Status"/>; <see langword="null"/> for the provider's own.</param>
/// <param name="ContentType">The content type of <paramref name="Body"/>; default JSON.</param>
/// <param name="Seconds">The age of a stale quote, and of a stuck one when the fault is switched on, seconds.</param>
/// <param name="Factor">The factor of wrong prices, and of the previous close on the morning of a split.</param>
/// <param name="Currency">The currency of wrong-currency prices, ISO 4217.</param>
/// <param name="Text">The replacement of a number: a JSON string, or with <paramref name="Raw"/> JSON as it is.</param>
/// <param name="Drift">The kind of schema drift.</param>
/// <param name="Shape">The name of one of the provider's shapes.</param>
/// <param name="Mic">The venue of a foreign listing, ISO 10383.</param>
/// <param name="Exchange">The venue of a foreign listing, in the vendor's name.</param>
/// <param name="Unit">The unit of times.</param>
internal sealed record Fault(
    FaultKind Kind,
    int Id = 0,
    string? Provider = null,
    string? Symbol = null,
    double Probability = 1,
    int? Count = null,
    double? ForSeconds = null,
    int Ms = 1,
    long? Bytes = null,
    int Status = 500,
    string? RetryAfter = null,
    Dictionary<string, string>? Headers = null,
    string? Body = null,
    string? ContentType = null,
    double Seconds = 3_600,
    decimal Factor = 0.9m,
    string Currency = "EUR",
    string Text = "NaN",
    bool Raw = false,
    SchemaDrift Drift = SchemaDrift.Renamed,
    string? Shape = null,
    string Mic = "XLIM",
    string Exchange = "BVL",
    TimeUnit Unit = TimeUnit.Milliseconds
);
