using System.Net.Http.Json;
using System.Text.Json;

namespace Quorum.Faults;

/// <summary>One fault of a provider, and the outcomes that an answer may show for it.</summary>
/// <param name="Order">
/// The body for the simulator's fault endpoint; <see langword="null"/> where the proxy in front of it causes the fault.
/// </param>
/// <param name="Outcomes">The expected outcomes, besides an open circuit and a used-up quota.</param>
internal sealed record ProviderFault(string Name, object? Order, params string[] Outcomes)
{
    public const string Refused = "refused",
        Tls = "TLS failure",
        Dns = "DNS failure";

    /// <summary>The break duration of a circuit (<c>BreakDuration</c>), plus the time of a request.</summary>
    private static readonly TimeSpan BreakerPeriod = TimeSpan.FromSeconds(5 + 1.5);

    private const int RetryAfterSeconds = 2,
        MinuteSeconds = 60;

    /// <summary>The time after the fault's end in which the provider must count again.</summary>
    public TimeSpan Recovery { get; private init; } = BreakerPeriod;

    /// <summary>True if the outcome may also be a timeout, because part of the budget is spent elsewhere.</summary>
    public bool MayBeLate { get; init; }

    /// <summary>True if the provider answers with a wrong price, which must not count.</summary>
    public bool Lies { get; private init; }

    /// <summary>
    /// Returns true if an answer shows that the wrong price was detected; <see langword="null"/> where the outcome shows it.
    /// </summary>
    public Func<QuoteReply, string, bool>? IsSeenIn { get; private init; }

    public static IReadOnlyList<ProviderFault> All { get; } =
    [
        new(Refused, null, "unreachable"),
        new("slow headers", new { kind = "slow-headers", ms = 2000 }, "timed-out"),
        new(
            "dripped body",
            new
            {
                kind = "dripped-body",
                bytes = 4,
                ms = 100,
            },
            "timed-out"
        ),
        new("reset", new { kind = "reset" }, "unreachable", "malformed-response"),
        new(
            "429, Retry-After",
            new
            {
                kind = "status",
                status = 429,
                retryAfter = $"{RetryAfterSeconds}",
            },
            "rate-limited",
            "quota-exhausted"
        )
        {
            Recovery = TimeSpan.FromSeconds(RetryAfterSeconds + 1.5),
        },
        new("429", new { kind = "status", status = 429 }, "rate-limited", "quota-exhausted")
        {
            Recovery = TimeSpan.FromSeconds(MinuteSeconds + 1.5),
        },
        new("401", new { kind = "status", status = 401 }, "invalid-key"),
        new("500", new { kind = "status", status = 500 }, "server-error"),
        new("503", new { kind = "status", status = 503 }, "server-error"),
        new("200 with HTML", new { kind = "html" }, "malformed-response"),
        new("truncated", new { kind = "truncated" }, "malformed-response"),
        new("empty", new { kind = "empty" }, "malformed-response"),
        new("schema drift", new { kind = "drift", drift = "renamed" }, "malformed-response", "no-price", "unknown-symbol") { Lies = true },
        new("oversized", new { kind = "oversized", bytes = 4_000_000 }, "malformed-response"),
        new("stale", new { kind = "stale", seconds = 432_000 }, "ok")
        {
            Lies = true,
            IsSeenIn = (answer, provider) => answer.IsStale(provider),
        },
        new("NaN", new { kind = "bad-numbers", text = "NaN" }, "malformed-response", "no-price", "unknown-symbol") { Lies = true },
        new("block page of a CDN", new { kind = "block-page" }, "unreachable"),
        new("split morning", new { kind = "split-morning", factor = 10 }, "ok"),
        new("milliseconds for nanoseconds and seconds", new { kind = "time-unit", unit = "milliseconds" }, "ok"),
        new("no unit", new { kind = "no-unit" }, "ok"),
        new("float noise", new { kind = "float-noise" }, "ok"),
        new("crossed book", new { kind = "crossed-book" }, "ok"),
        new("stub book", new { kind = "stub-book" }, "ok"),
        new("stuck", new { kind = "stuck", seconds = 86_400 }, "ok") { Lies = true },
        new("doubled price", new { kind = "doubled-price" }, "ok")
        {
            Lies = true,
            IsSeenIn = (answer, provider) => answer.IsSetAside(provider) || answer.IsOfLessWeight(provider),
        },
        new("foreign listing", new { kind = "foreign-listing", factor = 1.7 }, "ok", "malformed-response")
        {
            Lies = true,
            IsSeenIn = (answer, provider) => answer.IsSetAside(provider) || answer.IsOfLessWeight(provider),
        },
        new("wrong price", new { kind = "wrong-price", factor = 1.7 }, "ok")
        {
            Lies = true,
            IsSeenIn = (answer, provider) => answer.IsSetAside(provider) || answer.IsOfLessWeight(provider),
        },
    ];

    public static ProviderFault Named(string name) => All.Single(fault => fault.Name == name);

    public async Task SwitchOnAsync(HttpClient admin, string provider, CancellationToken cancellationToken)
    {
        var order = JsonSerializer.SerializeToNode(Order)!.AsObject(); // called only where there is one
        order["provider"] = provider;
        using var response = await admin.PostAsJsonAsync("faults", order, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
