using System.Net.Http.Json;

namespace Quorum.Faults;

/// <summary>One way in which a provider fails, and by which outcomes it may be called.</summary>
/// <param name="Order">What the simulator is told; <see langword="null"/> where the fault lies before it.</param>
/// <param name="Outcomes">At least one answer says one of these; the others may say that the circuit is open, or that it is waited for a limit's end.</param>
internal sealed record ProviderFault(string Name, object? Order, string[] Outcomes)
{
    public const string Refused = "refused", Tls = "TLS failure", Dns = "DNS failure";

    /// <summary>It answers, and wrongly.</summary>
    public bool Lies => Name is "stale" or "wrong price" or "NaN" or "schema drift";

    public static IReadOnlyList<ProviderFault> All { get; } =
    [
        new(Refused, null, ["unreachable"]),
        new("slow headers", new { kind = "slow-headers", ms = 2000 }, ["timed-out"]),
        new("dripped body", new { kind = "dripped-body", bytes = 4, ms = 100 }, ["timed-out"]),
        new("reset", new { kind = "reset" }, ["unreachable", "malformed-response"]),
        new("429, Retry-After", new { kind = "status", status = 429, retryAfter = "2" }, ["rate-limited", "quota-exhausted"]),
        new("429", new { kind = "status", status = 429 }, ["rate-limited", "quota-exhausted"]),
        new("401", new { kind = "status", status = 401 }, ["invalid-key"]),
        new("500", new { kind = "status", status = 500 }, ["server-error"]),
        new("503", new { kind = "status", status = 503 }, ["server-error"]),
        new("200 with HTML", new { kind = "html" }, ["malformed-response"]),
        new("truncated", new { kind = "truncated" }, ["malformed-response"]),
        new("empty", new { kind = "empty" }, ["malformed-response"]),
        new("schema drift", new { kind = "drift", drift = "renamed" }, ["malformed-response", "no-price", "unknown-symbol"]),
        new("oversized", new { kind = "oversized", bytes = 4_000_000 }, ["malformed-response", "timed-out"]),
        new("stale", new { kind = "stale", seconds = 432_000 }, ["ok"]),
        new("NaN", new { kind = "bad-numbers", text = "NaN" }, ["malformed-response", "no-price", "unknown-symbol"]),
        new("wrong price", new { kind = "wrong-price", factor = 1.7 }, ["ok"]),
    ];

    public async Task SwitchOnAsync(HttpClient admin, string provider, CancellationToken cancellationToken)
    {
        var order = System.Text.Json.JsonSerializer.SerializeToNode(Order)!.AsObject(); // Only called where there is one.
        order["provider"] = provider;
        using var response = await admin.PostAsJsonAsync("faults", order, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
