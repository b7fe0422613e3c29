using System.Diagnostics.CodeAnalysis;

namespace Quorum.Functions.Batches;

/// <summary>
/// The id of a batch, chosen by its sender or by us. It is part of addresses and names the orchestration, so it is plain.
/// </summary>
internal static class BatchId
{
    public const string Rule = "must have 1 to 64 characters: letters and digits, and between them also '-', '_' and '.'";

    private const int MaxLength = 64;

    /// <summary>Grows with time: new keys go to the right edge of every index.</summary>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");

    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength }
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
}
