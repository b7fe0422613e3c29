using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>The settings of the simulator's start.</summary>
internal sealed record SimulatorOptions
{
    public const string Usage = """
        Six market-data providers on one loopback port.
          --port N                    0 (default): any free port
          --seed N                    of prices and latencies; default 1
          --scale F                   factor of the latencies; 0 answers at once; default 1
          --plans free|paid           the plan of the good keys; default paid
          --market always|venue       trade day and night (default), or in the venues' hours
          --quotas on|off             enforce the plans' limits; default on
          --key PROVIDER=KEY[:SECRET] one more good key; may be repeated
        """;

    public int Port { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>The factor of all latencies.</summary>
    public double Scale { get; init; } = 1;

    public Plan Plan { get; init; } = Plan.Paid;

    public TradingHours Hours { get; init; } = TradingHours.Always;

    public bool EnforceQuotas { get; init; } = true;

    /// <summary>Good keys in addition to the built-in one.</summary>
    public IReadOnlyList<(Provider Provider, string Key, string? Secret)> Keys { get; init; } = [];

    /// <exception cref="FormatException">An argument is unknown or invalid; the message is meant for the user.</exception>
    public static SimulatorOptions Parse(IReadOnlyList<string> args)
    {
        var options = new SimulatorOptions();
        for (var i = 0; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : throw Wrong($"{args[i]} needs a value.");
            options = args[i] switch
            {
                "--port" when int.TryParse(value, out var port) && port is >= 0 and <= 65_535 => options with { Port = port },
                "--seed" when ulong.TryParse(value, out var seed) => options with { Seed = seed },
                "--scale" when double.TryParse(value, CultureInfo.InvariantCulture, out var scale) && scale is >= 0 and <= 1_000 =>
                    options with
                    {
                        Scale = scale,
                    },
                "--plans" when TryParseName<Plan>(value, out var plan) => options with { Plan = plan },
                "--market" when TryParseName<TradingHours>(value, out var hours) => options with { Hours = hours },
                "--quotas" when value is "on" or "off" => options with { EnforceQuotas = value is "on" },
                "--key" when TryParseKey(value, out var key) => options with { Keys = [.. options.Keys, key] },
                _ => throw Wrong($"{args[i]} {value} is unknown or invalid."),
            };
        }

        return options;
    }

    /// <summary>Reads a name; unlike <see cref="Enum.TryParse{TEnum}(string, bool, out TEnum)"/> no number and no list.</summary>
    private static bool TryParseName<T>(string text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase);

    private static bool TryParseKey(string text, out (Provider Provider, string Key, string? Secret) key)
    {
        key = default;
        var parts = text.Split('=', 2);
        if (parts.Length < 2 || parts[1].Length == 0 || !ProviderNames.TryParse(parts[0], out var provider))
        {
            return false;
        }

        var colon = parts[1].IndexOf(':', StringComparison.Ordinal);
        key = colon < 0 ? (provider, parts[1], null) : (provider, parts[1][..colon], parts[1][(colon + 1)..]);
        return true;
    }

    private static FormatException Wrong(string what) => new($"{what}\n{Usage}");
}
