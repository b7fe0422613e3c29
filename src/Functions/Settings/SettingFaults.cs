using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Quorum.Functions.Settings;

/// <summary>
/// Prints the faults of the settings to the user who starts the app, without a stack trace and without passwords that a wrong value may
/// contain.
/// </summary>
internal static partial class SettingFaults
{
    /// <summary>One sentence for each fault; none when the exception is of something else.</summary>
    public static IReadOnlyList<string> Of(Exception exception) =>
        exception switch
        {
            OptionsValidationException wrong => [.. wrong.Failures.Select(WithoutCredentials)],
            AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            [
                .. several.InnerExceptions.SelectMany(Of),
            ],
            InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unread =>
            [
                WithoutCredentials(unread.Message),
            ],
            _ => [],
        };

    /// <summary>The text with user and password of an address, and the secret parts of a connection string or a query, replaced by
    /// ***.</summary>
    public static string WithoutCredentials(string text) => Credentials().Replace(text, "***");

    [GeneratedRegex(
        """
            (?<=://) [^/\s]+ (?=@)
            | (?<= \b (password|pwd|accountkey|sharedaccesskey|sharedaccesssignature|apikey|token|key|secret|sig|code) \s* = ) [^;&\s]+
            """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Credentials();
}
