using System.Text.Json;

namespace Quorum.ProviderSimulator;

/// <summary>Writes number fields the way a drifting schema, or a provider with nothing to say, would.</summary>
internal static class BentFields
{
    public static void Number(Utf8JsonWriter json, FaultPlan faults, ReadOnlySpan<byte> name, decimal value)
    {
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

    /// <param name="text">A number, perhaps with a percent sign.</param>
    public static void Quoted(Utf8JsonWriter json, FaultPlan faults, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
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
