using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Quorum.Functions.Settings;

/// <summary>Holds options to the ranges on their properties, and on those of options inside them. Names each fault's setting, value and
/// range.</summary>
/// <param name="section">Where the options stand in the configuration: <c>Quorum:Quotes</c>.</param>
internal sealed class RangeValidator<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        Check(section, options, faults);
        return faults.Build();
    }

    private static void Check(string path, object options, ValidateOptionsResultBuilder faults)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            {
                if (!range.IsValid(value))
                {
                    faults.AddError(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{path}:{property.Name} ({value}) must lie between {range.Minimum} and {range.Maximum}."
                        )
                    );
                }
            }
            else if (value is not null && SettingsSection.IsOptions(property.PropertyType))
            {
                Check($"{path}:{property.Name}", value, faults);
            }
        }
    }
}
