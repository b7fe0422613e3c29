using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>Settings of quotes: section <c>Quorum:Quotes</c>.</summary>
public sealed class QuoteOptions
{
    public const string Section = "Quorum:Quotes";

    /// <summary>
    /// The part of a request's budget reserved for fan-in, merge, commits and the answer, in milliseconds: the providers have the rest.
    /// Default 16. Must be longer than <see cref="AnswerReserveMs"/>, or a quote that arrives just in time is no longer awaited.
    /// </summary>
    [Range(1, 45)]
    public int FanInReserveMs { get; set; } = 16;

    /// <summary>
    /// The time before the end of the budget at which the wait for the orchestration ends, in milliseconds, so that a stored answer is
    /// still in time. Default 3.
    /// </summary>
    [Range(0, 40)]
    public int AnswerReserveMs { get; set; } = 3;

    /// <summary>
    /// The timeout for a stored answer of PostgreSQL once the wait has ended, in milliseconds; the caller waits at most this much longer.
    /// Default 10.
    /// </summary>
    [Range(1, 1000)]
    public int StoredAnswerMs { get; set; } = 10;

    /// <summary>
    /// The maximum number of consolidated quotes in this process's cache for callers with a <c>maxAge</c>, one for each symbol and
    /// selection of providers; about 5 KB each. Default 2,048. 0 disables the cache: every request reads PostgreSQL.
    /// </summary>
    [Range(0, 1_000_000)]
    public int QuotesAtHand { get; set; } = 2048;

    /// <summary>The number of providers on whose agreement a caller is answered who gives no <c>agree</c>, 2 to 6. <see langword="null"/>
    /// (the default) waits for all. See <see cref="MergeOptions.AgreementToleranceBps"/> for when they agree.</summary>
    [Range(Agreement.MinProviders, Agreement.MaxProviders)]
    public int? Agree { get; set; }

    /// <summary>
    /// The weights and rules of the merge: trust in each provider, outliers, fallbacks. Part of each orchestration's input.
    /// <see langword="null"/> for the defaults of <see cref="MergeOptions"/>.
    /// </summary>
    public MergeOptions? Merge { get; set; }
}

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
