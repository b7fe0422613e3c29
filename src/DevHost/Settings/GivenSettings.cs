using System.Collections;

namespace Quorum.DevHost.Settings;

/// <summary>The settings in the environment, by their names in configuration: case is ignored, and <c>:</c> equals <c>__</c>.</summary>
internal sealed class GivenSettings
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    public GivenSettings(IDictionary variables)
    {
        foreach (DictionaryEntry variable in variables)
        {
            if (variable is { Key: string name, Value: string { Length: > 0 } value })
            {
                _values[Canonical(name)] = value;
            }
        }
    }

    /// <summary>The names of the settings that have a value, with <c>__</c> between their parts, in alphabetical order.</summary>
    public IEnumerable<string> Names => _values.Keys.Order(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the value; <see langword="null"/> when it is missing or empty.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(Canonical(name));

    public bool Has(string name) => _values.ContainsKey(Canonical(name));

    private static string Canonical(string name) => name.Replace(":", "__", StringComparison.Ordinal);
}
