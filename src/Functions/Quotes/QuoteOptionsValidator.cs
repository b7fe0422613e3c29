using Microsoft.Extensions.Options;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>The relations between the options, and who is trusted how much; the ranges are on the options themselves.</summary>
internal sealed class QuoteOptionsValidator : IValidateOptions<QuoteOptions>
{
    public ValidateOptionsResult Validate(string? name, QuoteOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.AnswerReserveMs >= options.FanInReserveMs)
        {
            faults.AddError(
                $"{QuoteOptions.Section}: AnswerReserveMs ({options.AnswerReserveMs}) must be shorter than FanInReserveMs ({options.FanInReserveMs}), "
                    + "or the wait ends before the providers' deadline is merged."
            );
        }

        foreach (var (provider, trust) in options.Merge?.Trust ?? new Dictionary<string, decimal>())
        {
            var setting = $"{QuoteOptions.Section}:Merge:Trust:{provider}";
            if (!ProviderId.TryParse(provider, out _))
            {
                faults.AddError($"{setting} is of no provider; there are {string.Join(", ", ProviderId.All)}.");
            }
            else if (trust is < MergeOptions.LowestTrust or > MergeOptions.HighestTrust)
            {
                faults.AddError($"{setting} ({trust}) must lie between {MergeOptions.LowestTrust} and {MergeOptions.HighestTrust}.");
            }
        }

        return faults.Build();
    }
}
