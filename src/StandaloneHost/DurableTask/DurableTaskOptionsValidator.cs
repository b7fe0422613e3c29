using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Checks the options against the rules on their properties, and reports each fault with setting, value and rule.</summary>
internal sealed class DurableTaskOptionsValidator : IValidateOptions<DurableTaskOptions>
{
    public ValidateOptionsResult Validate(string? name, DurableTaskOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var property in typeof(DurableTaskOptions).GetProperties())
        {
            var value = property.GetValue(options);
            foreach (
                var rule in property.GetCustomAttributes(inherit: false).OfType<ValidationAttribute>().Where(rule => !rule.IsValid(value))
            )
            {
                faults.AddError(
                    rule is RangeAttribute range
                        ? string.Create(
                            CultureInfo.InvariantCulture,
                            $"TaskHub:{property.Name} must be between {range.Minimum} and {range.Maximum}; got {value}."
                        )
                        : $"TaskHub:{property.Name} must be set."
                );
            }
        }

        if (options.ConnectionString.Length > 0 && !IsReadable(options.ConnectionString))
        {
            // The value may hold a password.
            faults.AddError("TaskHub:ConnectionString must be a list of Npgsql's keywords: Host=...;Database=...;Username=...");
        }

        return faults.Build();
    }

    private static bool IsReadable(string connectionString)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(connectionString);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
