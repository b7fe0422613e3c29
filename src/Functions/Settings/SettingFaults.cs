using Microsoft.Extensions.Options;

namespace Quorum.Functions.Settings;

/// <summary>Tells whoever starts the app what is wrong with its settings, without the trail of calls that found it.</summary>
internal static class SettingFaults
{
    /// <summary>One sentence for each fault; none when the exception is of something else.</summary>
    public static IReadOnlyList<string> Of(Exception exception) =>
        exception switch
        {
            OptionsValidationException wrong => [.. wrong.Failures],
            AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            [
                .. several.InnerExceptions.SelectMany(Of),
            ],
            InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unread => [unread.Message],
            _ => [],
        };
}
