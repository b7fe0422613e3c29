using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Retention;

namespace Quorum.Functions;

/// <summary>Settings that stand in declarations of triggers, where an option's default cannot: every other source wins over them. On Azure
/// the host reads declarations before this process runs, so that they must be among the app's settings there, as in
/// <c>local.settings.sample.json</c>.</summary>
internal static class AppDefaults
{
    private static readonly Dictionary<string, string?> Values = new(StringComparer.OrdinalIgnoreCase)
    {
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        [PrefetchOptions.Schedule] = "*/2 * * * * *",
        [RetentionOptions.Schedule] = "30 */10 * * * *",
    };

    public static void AddAppDefaults(this IConfigurationBuilder configuration) =>
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Values });
}
