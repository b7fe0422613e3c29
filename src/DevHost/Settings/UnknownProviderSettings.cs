namespace Quorum.DevHost.Settings;

/// <summary>
/// Finds settings of providers that the app does not know. The app ignores them and logs a warning; a misspelled key looks like a missing
/// one.
/// </summary>
internal static class UnknownProviderSettings
{
    private const string Section = "Providers";
    private const int MaxTypos = 2;

    /// <summary>The settings of a provider, without <c>Providers__Id__</c>.</summary>
    internal static readonly string[] Known =
    [
        "ApiKey",
        "ApiSecret",
        "AttemptTimeout",
        "BackgroundLimit",
        "BaseAddress",
        "CircuitBreaker__BreakDuration",
        "CircuitBreaker__Enabled",
        "CircuitBreaker__FailureRatio",
        "CircuitBreaker__MinimumThroughput",
        "CircuitBreaker__SamplingDuration",
        "ConnectTimeout",
        "ConnectionLifetime",
        "Enabled",
        "MaxBackgroundCalls",
        "MaxConcurrentCalls",
        "MaxConnections",
        "MaxResponseBytes",
        "Plan",
        "Quota__InteractiveReserve",
        "Quota__PerDay",
        "Quota__PerMinute",
        "Quota__PerSecond",
        "Retry__BudgetRatio",
        "Retry__MaxRetries",
        "Simulated",
        "UnknownSymbolLifetime",
        "UseProxy",
    ];

    /// <summary>Returns a line for each unknown setting, without its value.</summary>
    public static IEnumerable<string> Warnings(GivenSettings given) => given.Names.Select(Warning).OfType<string>();

    private static string? Warning(string name)
    {
        var parts = name.Split('_', StringSplitOptions.RemoveEmptyEntries);
        var isInSection = name.StartsWith(Section + "__", StringComparison.OrdinalIgnoreCase);
        var id = parts.Length > 1 ? Nearest(parts[1], ProviderRoles.Ids) : null;
        if (!isInSection && (id is null || parts.Length < 3 || Typos(parts[0], Section) > MaxTypos))
        {
            return null; // another program's
        }

        var rest = string.Join("__", parts.Skip(2));
        var setting = Nearest(rest, Known);
        var right = id is null ? null : $"{Section}__{id}__{setting ?? rest}";
        if (setting is not null && string.Equals(name, right, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var remedy =
            right is not null && setting is not null ? $"Did you mean {right}?"
            : id is not null ? $"The settings of a provider are in docs/operations.md; its key is {Section}__{id}__ApiKey."
            : $"The id must be one of {string.Join(", ", ProviderRoles.Ids)}.";
        return $"Warning: unknown setting {name} (ignored). {remedy}";
    }

    /// <summary>Returns the word that the text is, or is misspelled from; <see langword="null"/> when none is near.</summary>
    private static string? Nearest(string text, IEnumerable<string> words) =>
        words.Where(word => Typos(text, word) <= Math.Min(MaxTypos, word.Length / 3)).MinBy(word => Typos(text, word));

    /// <summary>Returns the number of letters to add, remove or replace, without regard to case and punctuation.</summary>
    private static int Typos(string text, string word)
    {
        var (one, other) = (Letters(text), Letters(word));
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
