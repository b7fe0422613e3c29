using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Quorum.Functions.Settings;

internal static class SettingsRegistration
{
    /// <summary>Options from a section of the configuration. Those outside the ranges on their properties stop the start, all named at
    /// once.</summary>
    public static IServiceCollection AddSettings<TOptions>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
    {
        services.AddOptionsWithValidateOnStart<TOptions>().Bind(configuration.GetSection(section));
        services.AddSingleton<IValidateOptions<TOptions>>(new RangeValidator<TOptions>(section));
        services.AddSingleton(new SettingsSection(section, typeof(TOptions)));
        return services;
    }
}
