using Microsoft.Extensions.Options;

namespace Quorum.Functions.Quotes;

/// <summary>The relations between the options; the ranges are on the options themselves.</summary>
internal sealed class QuoteOptionsValidator : IValidateOptions<QuoteOptions>
{
    public ValidateOptionsResult Validate(string? name, QuoteOptions options) =>
        options.AnswerReserveMs < options.FanInReserveMs
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{QuoteOptions.Section}: AnswerReserveMs ({options.AnswerReserveMs}) must be shorter than FanInReserveMs ({options.FanInReserveMs}), "
                + "or the wait ends before the providers' deadline is merged.");
}
