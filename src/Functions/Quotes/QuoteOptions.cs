using System.ComponentModel.DataAnnotations;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>How quotes are answered: section <c>Quorum:Quotes</c>.</summary>
public sealed class QuoteOptions
{
    public const string Section = "Quorum:Quotes";

    /// <summary>What is kept of a request's budget for fan-in, merge, commits and the answer, in milliseconds: the providers have the
    /// budget less this. Default 16. Longer than <see cref="AnswerReserveMs"/>, or a quote that comes just in time is no longer waited
    /// for.</summary>
    [Range(1, 45)]
    public int FanInReserveMs { get; set; } = 16;

    /// <summary>How long before the end of the budget the wait for the orchestration ends, in milliseconds, so that a stored answer still
    /// leaves in time. Default 3.</summary>
    [Range(0, 40)]
    public int AnswerReserveMs { get; set; } = 3;

    /// <summary>How long PostgreSQL may take for a stored answer once the wait has ended, in milliseconds; the caller waits this much
    /// longer at worst. Default 10.</summary>
    [Range(1, 1000)]
    public int StoredAnswerMs { get; set; } = 10;

    /// <summary>How many consolidated quotes this process keeps at hand for callers with a <c>maxAge</c>, one for each symbol and selection
    /// of providers; about 5 KB each. Default 2,048. 0 keeps none: PostgreSQL is asked every time.</summary>
    [Range(0, 1_000_000)]
    public int QuotesAtHand { get; set; } = 2048;

    /// <summary>The number of providers on whose agreement a caller is answered who gives no <c>agree</c>, 2 to 6. <see langword="null"/>
    /// (the default) waits for all. See <see cref="MergeOptions.AgreementToleranceBps"/> for when they agree.</summary>
    [Range(Agreement.Fewest, Agreement.Most)]
    public int? Agree { get; set; }

    /// <summary>How quotes are weighed and judged: trust in each provider, outliers, stand-ins. It becomes part of each orchestration's
    /// input. <see langword="null"/> for the defaults of <see cref="MergeOptions"/>.</summary>
    public MergeOptions? Merge { get; set; }
}
