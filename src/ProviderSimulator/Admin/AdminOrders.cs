using System.Text.Json;

namespace Quorum.ProviderSimulator;

/// <summary>Checks and applies the requests to the admin endpoint.</summary>
internal sealed class AdminOrders(Simulation simulation)
{
    /// <summary>Adds one fault, or a list of them.</summary>
    /// <exception cref="FormatException">One of the faults is invalid; none is switched on then.</exception>
    public void AddFaults(JsonElement body)
    {
        var faults =
            body.ValueKind == JsonValueKind.Array ? body.Deserialize(AdminJson.Default.FaultArray)
            : body.Deserialize(AdminJson.Default.Fault) is { } one ? [one]
            : null;
        var checkedFaults = (faults ?? throw new FormatException("The body must be a fault or a list of faults.")).Select(Check).ToList();
        foreach (var fault in checkedFaults)
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
        if (order.Scale is { } scale)
        {
            simulation.Latency.Scale = scale is >= 0 and <= 1_000
                ? scale
                : throw new FormatException($"scale must be between 0 and 1000; got {scale}.");
        }

        foreach (var (name, curve) in order.Providers ?? [])
        {
            var provider = Parse(name);
            var known = simulation.Latency[provider];
            simulation.Latency[provider] = new LatencyCurve(
                NotNegative(curve.MedianMs ?? known.MedianMs, nameof(curve.MedianMs)),
                NotNegative(curve.Sigma ?? known.Sigma, nameof(curve.Sigma)),
                NotNegative(curve.CapMs ?? known.CapMs, nameof(curve.CapMs))
            );
        }
    }

    public void SetQuotas(QuotaOrder order)
    {
        simulation.Quotas.Enforced = order.Enforced ?? simulation.Quotas.Enforced;
        simulation.Plan = order.GoodKeys ?? simulation.Plan;
        if (order.Limits is { } limits)
        {
            if (Array.Find(limits, limit => limit.Limit < 1) is { } wrong)
            {
                throw new FormatException($"limit must be at least 1; got {wrong.Limit}. An empty list removes all limits.");
            }

            foreach (var provider in Some(order.Provider))
            {
                foreach (var plan in order.Plan is { } one ? [one] : Enum.GetValues<Plan>())
                {
                    simulation.Quotas.SetLimits(provider, plan, limits);
                }
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

        foreach (var provider in Some(order.Provider))
        {
            simulation.Keys.Add(provider, order.Key, order.Secret, order.Standing);
        }
    }

    public void MoveClock(ClockOrder order)
    {
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

    private Fault Check(Fault fault)
    {
        var provider = fault.Provider is null or "*" ? null : Parse(fault.Provider).Name();
        if (fault.Probability is not (> 0 and <= 1))
        {
            throw new FormatException($"probability must be above 0 and at most 1; got {fault.Probability}.");
        }

        if (fault is { Count: < 1 } or { ForSeconds: <= 0 } or { Ms: < 0 } or { Bytes: < 1 } or { Factor: <= 0 })
        {
            throw new FormatException("count, forSeconds, bytes and factor must be positive, ms not negative.");
        }

        if (fault.Status is < 200 or > 599)
        {
            throw new FormatException($"status must be between 200 and 599; got {fault.Status}.");
        }

        if (fault.Kind == FaultKind.Shape)
        {
            CheckShape(fault, provider);
        }

        return fault with
        {
            Provider = provider,
        };
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

    private static Provider Parse(string name) =>
        ProviderNames.TryParse(name, out var provider)
            ? provider
            : throw new FormatException(
                $"provider is '{name}'; there are: {string.Join(", ", ProviderNames.All.Select(known => known.Name()))}."
            );

    private static double NotNegative(double value, string name) =>
        value >= 0 ? value : throw new FormatException($"{name} must not be negative; got {value}.");
}
