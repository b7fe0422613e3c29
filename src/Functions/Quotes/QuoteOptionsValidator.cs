using Microsoft.Extensions.Options;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>Checks relations between options, and the weights of providers; ranges are on the options themselves.</summary>
internal sealed class QuoteOptionsValidator : IValidateOptions<QuoteOptions>
{
    public ValidateOptionsResult Validate(string? name, QuoteOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.AnswerReserveMs >= options.FanInReserveMs)
        {
            faults.AddError(
                $"{QuoteOptions.Section}:AnswerReserveMs must be shorter than FanInReserveMs ({options.FanInReserveMs}); got {options.AnswerReserveMs}. "
                    + "Otherwise the wait ends before the quotes are merged."
            );
        }

        foreach (var (provider, trust) in options.Merge?.Trust ?? new Dictionary<string, decimal>())
        {
            var setting = $"{QuoteOptions.Section}:Merge:Trust:{provider}";
            if (!ProviderId.TryParse(provider, out _))
            {
                faults.AddError($"{setting} must name a provider, one of {string.Join(", ", ProviderId.All)}.");
            }
            else if (trust is < MergeOptions.MinTrust or > MergeOptions.MaxTrust)
            {
                faults.AddError($"{setting} must be between {MergeOptions.MinTrust} and {MergeOptions.MaxTrust}; got {trust}.");
            }
        }

        return faults.Build();
    }
}
