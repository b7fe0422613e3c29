using System.Buffers;
using System.Text.Json;

namespace Quorum.ProviderSimulator;

/// <summary>Checks and applies the requests to the admin endpoint.</summary>
internal sealed class AdminOrders(Simulation simulation)
{
    private const int MaxMs = 86_400_000;
    private const long MaxBytes = 1L << 30;
    private const decimal MaxFactor = 1_000_000;
    private const double MaxSeconds = 3_653d * 86_400;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    /// <summary>Adds one fault, or a list of them.</summary>
    /// <exception cref="FormatException">One of the faults is invalid; none is switched on then.</exception>
    public void AddFaults(JsonElement body)
    {
        Fault?[]? faults =
            body.ValueKind == JsonValueKind.Array
                ? body.Deserialize(AdminJson.Default.FaultArray)
                : [body.Deserialize(AdminJson.Default.Fault)];
        foreach (var fault in (faults ?? []).Select(Check).ToList())
        {
            simulation.Faults.Add(fault);
        }
    }

    /// <param name="provider">
    /// The provider whose faults are removed; <see langword="null"/> for all faults, including those for every provider.
    /// </param>
    public void RemoveFaults(string? provider)
    {
        var name = provider is null ? null : Parse(provider).Name();
        simulation.Faults.Remove(fault => name is null || fault.Provider == name);
    }

    public void SetLatency(LatencyOrder order)
    {
        if (order.Scale is < 0 or > 1_000)
        {
            throw new FormatException($"scale must be between 0 and 1000; got {order.Scale}.");
        }

        var curves = (order.Providers ?? []).Select(entry => CurveOf(Parse(entry.Key), entry.Value)).ToList();
        simulation.Latency.Scale = order.Scale ?? simulation.Latency.Scale;
        foreach (var (provider, curve) in curves)
        {
            simulation.Latency[provider] = curve;
        }
    }

    public void SetQuotas(QuotaOrder order)
    {
        var providers = Some(order.Provider);
        var limits = order.Limits?.Select(Check).ToArray();
        simulation.Quotas.Enforced = order.Enforced ?? simulation.Quotas.Enforced;
        simulation.Plan = order.GoodKeys ?? simulation.Plan;
        foreach (var provider in limits is null ? [] : providers)
        {
            foreach (var plan in order.Plan is { } one ? [one] : Enum.GetValues<Plan>())
            {
                simulation.Quotas.SetLimits(provider, plan, limits ?? []);
            }
        }

        if (order.Forget)
        {
            simulation.Quotas.Forget();
        }
    }

    public void AddKey(KeyOrder order)
    {
        if (order.Key.Length == 0)
        {
            throw new FormatException("key must not be empty: an empty key has an answer of its own.");
        }

        if (order.Standing is KeyStanding.Missing or KeyStanding.Empty)
        {
            throw new FormatException("standing must be that of a key: good, free, restricted, exhausted or invalid.");
        }

        foreach (var provider in Some(order.Provider))
        {
            simulation.Keys.Add(provider, order.Key, order.Secret, order.Standing);
        }
    }

    public void MoveClock(ClockOrder order)
    {
        CheckTime(order);
        if (order.Reset)
        {
            simulation.Clock.Reset();
        }

        if (order.Running is false)
        {
            simulation.Clock.Stop();
        }

        if (order.Set is { } instant)
        {
            simulation.Clock.Set(instant);
        }

        if (order.AdvanceSeconds is { } seconds)
        {
            simulation.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        if (order.Running is true)
        {
            simulation.Clock.Run();
        }
    }

    private void CheckTime(ClockOrder order)
    {
        var start = order.Set ?? (order.Reset ? simulation.RealTime : simulation.Clock).GetUtcNow();
        if (order.AdvanceSeconds is { } seconds)
        {
            CheckSeconds("advanceSeconds", seconds);
            start = IsSimulated(start) ? start.AddSeconds(seconds) : start;
        }

        if ((order.Set is not null || order.AdvanceSeconds is not null) && !IsSimulated(start))
        {
            throw new FormatException($"The clock must be between 2000 and 2100; got {start:O}.");
        }
    }

    private static bool IsSimulated(DateTimeOffset time) => time.Year is >= 2000 and < 2100;

    private Fault Check(Fault? fault)
    {
        if (fault is null)
        {
            throw new FormatException("The body must be a fault or a list of faults; got null.");
        }

        var provider = fault.Provider is null or "*" ? null : Parse(fault.Provider).Name();
        if (fault.Probability is not (> 0 and <= 1))
        {
            throw new FormatException($"probability must be above 0 and at most 1; got {fault.Probability}.");
        }

        if (fault is { Count: < 1 } or { ForSeconds: <= 0 } or { Ms: < 0 } or { Bytes: < 1 } or { Factor: <= 0 })
        {
            throw new FormatException("count, forSeconds, bytes and factor must be positive, ms not negative.");
        }

        if (fault is { Ms: > MaxMs } or { Bytes: > MaxBytes } or { Factor: > MaxFactor })
        {
            throw new FormatException($"ms must be at most {MaxMs}, bytes {MaxBytes}, factor {MaxFactor}.");
        }

        CheckSeconds("seconds", fault.Seconds);
        CheckSeconds("forSeconds", fault.ForSeconds ?? 0);
        if (fault.Status is < 200 or > 599)
        {
            throw new FormatException($"status must be between 200 and 599; got {fault.Status}.");
        }

        CheckHeaders(fault);
        if (fault.Kind == FaultKind.Shape)
        {
            CheckShape(fault, provider);
        }

        return fault with
        {
            Provider = provider,
        };
    }

    private static void CheckSeconds(string name, double seconds)
    {
        if (Math.Abs(seconds) is not <= MaxSeconds)
        {
            throw new FormatException($"{name} must be at most {MaxSeconds} (ten years); got {seconds}.");
        }
    }

    /// <summary>Rejects headers that the server could not send.</summary>
    private static void CheckHeaders(Fault fault)
    {
        foreach (
            var (name, value) in (fault.Headers ?? [])
                .Append(new("retryAfter", fault.RetryAfter ?? ""))
                .Append(new("contentType", fault.ContentType ?? ""))
        )
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters) || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new FormatException(
                    $"headers must have names of letters, digits and hyphens, and values in printable ASCII; got '{name}'."
                );
            }
        }
    }

    private static QuotaLimit Check(QuotaLimit? limit) =>
        limit is { Limit: >= 1 }
            ? limit
            : throw new FormatException(
                $"limit must be at least 1; got {limit?.Limit.ToString() ?? "null"}. An empty list removes all limits."
            );

    private (Provider Provider, LatencyCurve Curve) CurveOf(Provider provider, CurveOrder? order)
    {
        var known = simulation.Latency[provider];
        return (
            provider,
            new LatencyCurve(
                NotNegative(order?.MedianMs ?? known.MedianMs, "medianMs"),
                NotNegative(order?.Sigma ?? known.Sigma, "sigma"),
                NotNegative(order?.CapMs ?? known.CapMs, "capMs")
            )
        );
    }

    private void CheckShape(Fault fault, string? provider)
    {
        var known = simulation
            .Providers.Where(wire => provider is null || wire.Provider.Name() == provider)
            .SelectMany(wire => wire.Shapes.Keys)
            .Distinct()
            .ToList();
        if (fault.Shape is null || !known.Contains(fault.Shape))
        {
            throw new FormatException($"shape is '{fault.Shape}'; {provider ?? "the providers"} know: {string.Join(", ", known)}.");
        }
    }

    private static IReadOnlyList<Provider> Some(string? provider) => provider is null or "*" ? ProviderNames.All : [Parse(provider)];

    public static Provider Parse(string name) =>
        ProviderNames.TryParse(name, out var provider)
            ? provider
            : throw new FormatException(
                $"provider is '{name}'; there are: {string.Join(", ", ProviderNames.All.Select(known => known.Name()))}."
            );

    private static double NotNegative(double value, string name) =>
        value >= 0 && double.IsFinite(value) ? value : throw new FormatException($"{name} must be finite and not negative; got {value}.");
}
