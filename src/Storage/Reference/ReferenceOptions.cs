using Microsoft.Extensions.Options;

namespace Quorum.Storage;

/// <summary>The instruments that are known. Section <c>Quorum:Reference</c>.</summary>
public sealed class ReferenceOptions
{
    public const string SectionName = "Quorum:Reference";

    /// <summary>The path of a CSV file with instruments of one's own beside the built-in ones; those of the same symbol are replaced.
    /// Default none. docs/operations.md describes the file.</summary>
    public string? File { get; set; }
}

/// <summary>Reports every fault of the file at once.</summary>
internal sealed class ReferenceOptionsValidator : IValidateOptions<ReferenceOptions>
{
    public ValidateOptionsResult Validate(string? name, ReferenceOptions options)
    {
        try
        {
            ReferenceFile.WithInstrumentsOf(options.File);
            return ValidateOptionsResult.Success;
        }
        catch (ReferenceFileException exception)
        {
            return ValidateOptionsResult.Fail(
                exception.Faults.Select(fault => $"{ReferenceOptions.SectionName}:{nameof(ReferenceOptions.File)}: {fault}")
            );
        }
    }
}
