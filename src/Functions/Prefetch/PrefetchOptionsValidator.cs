using Microsoft.Extensions.Options;

namespace Quorum.Functions.Prefetch;

/// <summary>The ranges of what is a time; the others are on the options themselves.</summary>
internal sealed class PrefetchOptionsValidator : IValidateOptions<PrefetchOptions>
{
    public ValidateOptionsResult Validate(string? name, PrefetchOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        Range(nameof(options.HalfLife), options.HalfLife, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));
        Range(nameof(options.CountInterval), options.CountInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Range(nameof(options.Lead), options.Lead, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Range(nameof(options.MessageLife), options.MessageLife, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Range(nameof(options.LongestPause), options.LongestPause, TimeSpan.FromSeconds(5), TimeSpan.FromDays(1));
        return faults.Build();

        void Range(string setting, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                faults.AddError($"{PrefetchOptions.Section}:{setting} ({value}) must lie between {least} and {most}.");
            }
        }
    }
}
