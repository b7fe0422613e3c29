using Microsoft.Extensions.Options;

namespace Quorum.Functions.Settings;

/// <summary>Prints the faults of the settings to the user who starts the app, without a stack trace.</summary>
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
