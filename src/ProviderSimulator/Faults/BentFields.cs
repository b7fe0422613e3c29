using System.Text.Json;

namespace Quorum.ProviderSimulator;

/// <summary>Writes number fields as a drifting schema, or a provider without data, would.</summary>
internal static class BentFields
{
    /// <summary>Returns a Unix time in the unit that the faults ask for.</summary>
    public static long Time(long value, FaultPlan faults)
    {
        if (faults.TimeUnit is not { } unit || value == 0)
        {
            return value;
        }

        var own =
            value < 100_000_000_000 ? TimeUnit.Seconds
            : value < 100_000_000_000_000 ? TimeUnit.Milliseconds
            : value < 100_000_000_000_000_000 ? TimeUnit.Microseconds
            : TimeUnit.Nanoseconds;
        return (long)(value * (decimal)Math.Pow(1_000, unit - own));
    }

    public static void Number(Utf8JsonWriter json, FaultPlan faults, ReadOnlySpan<byte> name, decimal value)
    {
        value = Noisy(value, faults);
        Name(json, faults, name);
        if (TryBadNumber(json, faults))
        {
            return;
        }

        switch (faults.Drift)
        {
            case SchemaDrift.Retyped:
                json.WriteStartObject();
                json.WriteNumber("value"u8, value);
                json.WriteEndObject();
                break;
            case SchemaDrift.Swapped:
                json.WriteStringValue(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteNumberValue(value);
                break;
        }
    }

    /// <param name="text">A number, with or without a percent sign.</param>
    public static void Quoted(Utf8JsonWriter json, FaultPlan faults, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (faults.FloatNoise && decimal.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            text = System.Text.Encoding.ASCII.GetBytes(Noisy(number, faults).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Name(json, faults, name);
        if (TryBadNumber(json, faults))
        {
            return;
        }

        switch (faults.Drift)
        {
            case SchemaDrift.Retyped:
                json.WriteStartObject();
                json.WriteString("value"u8, text);
                json.WriteEndObject();
                break;
            case SchemaDrift.Swapped:
                json.WriteRawValue(text.TrimEnd((byte)'%'), skipInputValidation: true);
                break;
            default:
                json.WriteStringValue(text);
                break;
        }
    }

    /// <summary>Returns the nearest 32-bit float, with more digits than it can hold precisely.</summary>
    private static decimal Noisy(decimal value, FaultPlan faults) =>
        faults.FloatNoise ? Math.Round(new decimal((double)(float)value), 7) : value;

    private static void Name(Utf8JsonWriter json, FaultPlan faults, ReadOnlySpan<byte> name) =>
        json.WritePropertyName(faults.Drift == SchemaDrift.Renamed ? [.. name, .. "_v2"u8] : name);

    private static bool TryBadNumber(Utf8JsonWriter json, FaultPlan faults)
    {
        if (faults.BadNumbers is not { } bad)
        {
            return false;
        }

        if (bad.Raw)
        {
            json.WriteRawValue(bad.Text, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(bad.Text);
        }

        return true;
    }
}
