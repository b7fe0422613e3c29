using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Quorum.Functions.Settings;

/// <summary>Checks options, and options inside them, against the ranges on their properties. Reports each fault with setting, range and
/// value.</summary>
/// <param name="section">The section of the configuration: <c>Quorum:Quotes</c>.</param>
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
                            $"{path}:{property.Name} must be between {range.Minimum} and {range.Maximum}; got {value}."
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
