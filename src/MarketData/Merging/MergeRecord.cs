namespace Quorum.MarketData;

/// <summary>The inputs of one merge, as far as its result does not show them, so that it can be done again.</summary>
/// <remarks>Kept with published quotes and in orchestration history: add members, never change them.</remarks>
public sealed record MergeRecord
{
    /// <summary>The <see cref="MergeRules.Version"/> at the time of the merge.</summary>
    public required int Rules { get; init; }

    /// <summary>The <see cref="MergeRules.Venues"/> at the time of the merge.</summary>
    public required string Venues { get; init; }

    /// <summary>The moment of the merge, UTC: ages of stored quotes count up to it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary><see langword="null"/> when the reference data lacked the symbol.</summary>
    public Instrument? Instrument { get; init; }

    /// <summary>The options of the merge; <see langword="null"/> for the defaults.</summary>
    public MergeOptions? Options { get; init; }

    /// <summary>The quotes that the merge changed (it found their unit, or marked them), as they were before. All others stand in the
    /// result as they were.</summary>
    public IReadOnlyList<StoredQuote> Changed
    {
        get;
        init => field = value ?? [];
    } = []; // generated JSON readers pass null when it is missing

    /// <summary>Records the inputs of <see cref="QuoteMerger.Merge"/>.</summary>
    /// <param name="merged">Its result.</param>
    public static MergeRecord Of(
        ConsolidatedQuote merged,
        ReferenceData reference,
        IReadOnlyList<FetchOutcome> outcomes,
        DateTimeOffset now,
        MergeOptions? options
    )
    {
        List<StoredQuote>? changed = null;
        foreach (var result in merged.Providers)
        {
            if (result.Quote is { } quote && InputOf(result, reference, outcomes) is { } input && input != quote)
            {
                (changed ??= []).Add(new StoredQuote(result.Id, input));
            }
        }

        return new MergeRecord
        {
            Rules = MergeRules.Version,
            Venues = MergeRules.Venues,
            At = now,
            Instrument = reference.Instrument,
            Options = options,
            Changed = changed ?? (IReadOnlyList<StoredQuote>)[],
        };
    }

    /// <summary>
    /// Returns each provider's contribution to the merge, in the order of providers: its quote as it was before the merge.
    /// </summary>
    public IReadOnlyList<ProviderResult> InputsOf(ConsolidatedQuote merged)
    {
        var inputs = new ProviderResult[merged.Providers.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            var result = merged.Providers[i];
            inputs[i] = Changed.FirstOrDefault(changed => changed.Provider == result.Id) is { } input
                ? result with
                {
                    Quote = input.Quote,
                }
                : result;
        }

        return inputs;
    }

    /// <summary>The outcome of each call, as it went into the merge.</summary>
    public IReadOnlyList<FetchOutcome> OutcomesOf(ConsolidatedQuote merged) => [.. InputsOf(merged).Select(OutcomeOf)];

    /// <summary>The reference data that went into the merge, with those stored quotes that stood in.</summary>
    public ReferenceData ReferenceOf(ConsolidatedQuote merged)
    {
        var stored = InputsOf(merged)
            .Where(input => input is { FromStore: true, Quote: not null })
            .Select(input => new StoredQuote(input.Id, input.Quote!)); // checked
        return new ReferenceData { Instrument = Instrument, LastKnown = [.. stored] };
    }

    /// <summary>Does the merge again, by the rules and venues of this process.</summary>
    public ConsolidatedQuote Repeat(ConsolidatedQuote merged) =>
        QuoteMerger.Merge(merged.Symbol, ReferenceOf(merged), OutcomesOf(merged), At, Options);

    private static FetchOutcome OutcomeOf(ProviderResult input) =>
        new()
        {
            Provider = input.Id,
            Status = input.Outcome,
            Quote = input.FromStore ? null : input.Quote,
            RetryAfterSeconds = input.RetryAfterSeconds,
            LatencyMs = input.LatencyMs,
            Attempts = input.Attempts,
            Detail = input.Detail,
        };

    private static ProviderQuote? InputOf(ProviderResult result, ReferenceData reference, IReadOnlyList<FetchOutcome> outcomes)
    {
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i].Provider == result.Id)
            {
                return result.FromStore ? StandIns.Candidate(outcomes[i], reference) : outcomes[i].Quote;
            }
        }

        return null;
    }
}
