namespace Quorum.ProviderSimulator;

/// <summary>One fault as the admin endpoint takes and shows it. What a kind does not use is ignored.</summary>
/// <param name="Id">Given by the simulator.</param>
/// <param name="Provider">A provider's name; <see langword="null"/> or <c>*</c> for all.</param>
/// <param name="Symbol">Only calls that ask for this symbol, in the provider's spelling; <see langword="null"/> for all.</param>
/// <param name="Probability">The share of calls that it hits, above 0, at most 1.</param>
/// <param name="Count">How many calls it hits before it ends; <see langword="null"/> for no end.</param>
/// <param name="ForSeconds">How long it lives, in seconds of real time; <see langword="null"/> for no end.</param>
/// <param name="Ms">Milliseconds: of <see cref="FaultKind.SlowHeaders"/>, or between two pieces of a dripped body.</param>
/// <param name="Bytes">Of one piece of a dripped body (1 if not given), or of an oversized one (16 MiB if not given).</param>
/// <param name="Status">HTTP status.</param>
/// <param name="RetryAfter">The header <c>Retry-After</c> as it is sent: seconds, an HTTP date, or nonsense.</param>
/// <param name="Headers">More headers.</param>
/// <param name="Body">The body of a <see cref="FaultKind.Status"/>; <see langword="null"/> for the provider's own.</param>
/// <param name="ContentType">Of <paramref name="Body"/>; JSON if not given.</param>
/// <param name="Seconds">Age of a stale quote, and of a stuck one when the fault is switched on, seconds.</param>
/// <param name="Factor">What wrong prices are multiplied by, and the previous close on the morning of a split.</param>
/// <param name="Currency">Of wrong-currency prices, ISO 4217.</param>
/// <param name="Text">What stands in place of a number: a JSON string, or with <paramref name="Raw"/> JSON as it is.</param>
/// <param name="Drift">How the schema drifts.</param>
/// <param name="Shape">The name of one of the provider's shapes.</param>
/// <param name="Mic">Of a foreign listing, ISO 10383.</param>
/// <param name="Exchange">Of a foreign listing, the vendor's name.</param>
/// <param name="Unit">Of times.</param>
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
