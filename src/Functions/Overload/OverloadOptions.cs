using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Quorum.Functions.Overload;

/// <summary>Settings of the overload protection: section <c>Quorum:Overload</c>.</summary>
public sealed class OverloadOptions
{
    public const string Section = "Quorum:Overload";

    /// <summary>
    /// The maximum number of requests for a quote in flight, those answered from the cache not counted. Default 1,024: about 5,000 requests
    /// a second when the providers take 200 ms. Further requests get a 429.
    /// </summary>
    [Range(1, 100_000)]
    public int MostInFlight { get; set; } = 1024;

    /// <summary>Below this the limit does not fall, however busy the processor is. Default 96. Not above
    /// <see cref="MostInFlight"/>.</summary>
    [Range(1, 100_000)]
    public int LeastInFlight { get; set; } = 96;

    /// <summary>
    /// The maximum wait of a work item for a thread, and of a thread for a processor, in milliseconds, before the limit falls; repeated
    /// waits within a tenth of a second count. Default 3.
    /// </summary>
    [Range(1, 1000)]
    public int TargetDelayMs { get; set; } = 3;

    /// <summary>A work item that waits this long for a thread means that the thread pool starves, in milliseconds: it is logged once for
    /// each episode. Default 500. Longer than <see cref="TargetDelayMs"/>.</summary>
    [Range(10, 60_000)]
    public int StarvationMs { get; set; } = 500;
}

/// <summary>The relations between the options; the ranges are on the options themselves.</summary>
internal sealed class OverloadOptionsValidator : IValidateOptions<OverloadOptions>
{
    public ValidateOptionsResult Validate(string? name, OverloadOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.LeastInFlight > options.MostInFlight)
        {
            faults.AddError(
                $"{OverloadOptions.Section}:LeastInFlight must be at most MostInFlight ({options.MostInFlight}); got {options.LeastInFlight}."
            );
        }

        if (options.StarvationMs <= options.TargetDelayMs)
        {
            faults.AddError(
                $"{OverloadOptions.Section}:StarvationMs must be longer than TargetDelayMs ({options.TargetDelayMs}); got {options.StarvationMs}."
            );
        }

        return faults.Build();
    }
}
