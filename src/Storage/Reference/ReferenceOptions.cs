using Microsoft.Extensions.Options;

namespace Quorum.Storage;

/// <summary>The instruments of the reference data. Section <c>Quorum:Reference</c>.</summary>
public sealed class ReferenceOptions
{
    public const string SectionName = "Quorum:Reference";

    /// <summary>
    /// The path of a CSV file with instruments of your own in addition to the built-in ones; they replace those of the same symbol. Default
    /// none. docs/operations.md describes the file.
    /// </summary>
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
