using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>Reads typed settings and collects their faults, so that all are reported at once.</summary>
internal sealed class SettingsReader(IConfiguration configuration, string source, ICollection<string> faults)
{
    public string? Text(string key) => configuration[key] is { Length: > 0 } text ? text : null;

    public bool? Flag(string key) => Read(key, "true or false", static text => bool.TryParse(text, out var flag) ? flag : (bool?)null);

    public int? Whole(string key, int min, int max = int.MaxValue) =>
        Read(
            key,
            max == int.MaxValue ? $"a whole number, at least {min}" : $"a whole number from {min} to {max}",
            text =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= min
                && number <= max
                    ? number
                    : (int?)null
        );

    public TimeSpan? Duration(string key, TimeSpan min, TimeSpan max) =>
        Read(
            key,
            $"a time as hh:mm:ss from {min} to {max}",
            text =>
                TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) && time >= min && time <= max
                    ? time
                    : (TimeSpan?)null
        );

    public TChoice? Choice<TChoice>(string key)
        where TChoice : struct, Enum =>
        Read(
            key,
            $"one of {string.Join(", ", Enum.GetNames<TChoice>())}",
            static text => // names alone: TryParse also reads numbers and lists
                Enum.GetNames<TChoice>().Contains(text, StringComparer.OrdinalIgnoreCase)
                && Enum.TryParse<TChoice>(text, ignoreCase: true, out var choice)
                    ? choice
                    : (TChoice?)null
        );

    /// <summary>Adds a fault if the key has a value where a section is expected.</summary>
    public void Section(string key)
    {
        if (configuration.GetSection(key).Value is { Length: > 0 } value)
        {
            Fault(key, value, "an object");
        }
    }

    public void Fault(string key, string value, string rule) =>
        faults.Add($"{source}: {key.Replace(':', '.')} must be {rule}; got {Shown(value)}.");

    /// <summary>The value in quotes; only its length if it may be an address or a connection string, which can hold a password.</summary>
    public static string Shown(string value) =>
        value.AsSpan().ContainsAny('@', '=', ';') || value.Contains("://", StringComparison.Ordinal)
            ? $"a value that is not shown ({value.Length} characters)"
            : $"'{value}'";

    private T? Read<T>(string key, string rule, Func<string, T?> parse)
        where T : struct
    {
        var section = configuration.GetSection(key);
        if (section.Value is not { Length: > 0 } text)
        {
            if (section.GetChildren().Any())
            {
                Fault(key, "an object or a list", rule);
            }

            return null;
        }

        var value = parse(text);
        if (value is null)
        {
            Fault(key, text, rule);
        }

        return value;
    }
}

/// <summary>Settings with which the host cannot start. The message has one sentence for each.</summary>
public sealed class HostSettingsException : OptionsValidationException
{
    internal HostSettingsException(IReadOnlyList<string> faults)
        : base(Options.DefaultName, typeof(HostSettings), faults) { }

    public override string Message =>
        $"The host cannot start with these settings:{string.Concat(Failures.Select(fault => $"{Environment.NewLine}  - {fault}"))}";
}
