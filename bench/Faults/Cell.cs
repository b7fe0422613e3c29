namespace Quorum.Faults;

/// <summary>The result of one cell of the matrix.</summary>
/// <param name="Faults">The violations; empty for none.</param>
internal sealed record Cell(string Target, string Fault, int Answered, TimeSpan P95, string Outcome, IReadOnlyList<string> Faults)
{
    /// <summary>The allowance beyond the budget for the transport to the caller.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(15);

    /// <summary>The share of answers that may deviate: those beyond the p95.</summary>
    private const double Tail = 0.05;

    /// <summary>The outcomes that any provider may have after it has failed for a while.</summary>
    private static readonly string[] LeftAlone = ["circuit-open"];

    /// <param name="failing">The failing providers and their faults.</param>
    /// <param name="before">Answers in the same state that are not timed: the first ones of a process.</param>
    public static Cell Judge(
        string target,
        string fault,
        IReadOnlyList<QuoteReply> answers,
        IReadOnlyDictionary<string, ProviderFault> failing,
        IReadOnlyList<QuoteReply>? before = null
    )
    {
        var faults = new List<string>();
        var unsureNote = "";
        var p95 = answers.Select(answer => answer.Took).Order().ElementAt(Math.Max(0, (int)Math.Ceiling(answers.Count * (1 - Tail)) - 1));
        if (p95 > TimeSpan.FromMilliseconds(QuoteClient.BudgetMs) + Grace)
        {
            faults.Add($"p95 {p95.TotalMilliseconds:0} ms");
        }

        List<QuoteReply> all = [.. before ?? [], .. answers];
        if (all.Count(answer => answer.Status is not (200 or 202)) is > 0 and var broken)
        {
            faults.Add(
                $"{broken} without an answer ({string.Join(", ", all.Select(answer => answer.Status).Where(status => status is not (200 or 202)).Distinct())})"
            );
        }

        foreach (var (provider, how) in failing)
        {
            faults.AddRange(JudgeOutcomes(provider, how, [.. all.Where(answer => answer.Status == 200)], failing.Count > 1));
        }

        string[] liars = [.. failing.Where(pair => pair.Value.Lies).Select(pair => pair.Key)];
        if (all.Count(answer => !answer.IsHonest(liars) && !(failing.Count > 1 && answer.IsUnsure)) is > 0 and var wrong)
        {
            faults.Add($"{wrong} prices outside the healthy providers' range");
        }

        if (failing.Count > 1 && liars.Length > 0 && all.Count(answer => !answer.IsHonest(liars)) is > 0 and var unsure)
        {
            unsureNote = $" ({unsure} outside the range, with a confidence of at most 0.5)";
        }

        var outcome = string.Join(
            " + ",
            failing.Keys.Select(provider =>
                all.GroupBy(answer => answer.OutcomeOf(provider)).OrderByDescending(group => group.Count()).First().Key
            )
        );
        if (all.Count(answer => answer.Status == 200 && answer.IsStandIn) is > 0 and var stale)
        {
            outcome += $" ({stale} stale)";
        }

        return new Cell(target, fault, answers.Count(answer => answer.Status == 200), p95, (outcome + unsureNote).Trim(), faults);
    }

    /// <param name="isOneOfMany">True if other providers fail too: a wrong price is then no violation if the answer says that it is
    /// unsure.</param>
    private static IEnumerable<string> JudgeOutcomes(
        string provider,
        ProviderFault fault,
        IReadOnlyList<QuoteReply> answers,
        bool isOneOfMany
    )
    {
        // The circuit of a provider that failed in earlier cells may stay open during this one.
        if (
            !answers.Any(answer => fault.Outcomes.Contains(answer.OutcomeOf(provider)))
            && !answers.All(answer => LeftAlone.Contains(answer.OutcomeOf(provider)))
        )
        {
            yield return $"{provider} never had the outcome {string.Join(" or ", fault.Outcomes)}";
        }

        string[] right = [.. fault.Outcomes, .. LeftAlone, .. fault.MayBeLate ? (string[])["timed-out"] : []];
        List<string> others = [.. answers.Select(answer => answer.OutcomeOf(provider)).Where(outcome => !right.Contains(outcome))];
        if (others.Count > Math.Max(1, answers.Count * Tail))
        {
            yield return $"{provider} had the outcomes {string.Join(", ", others.CountBy(outcome => outcome).Select(pair => $"{pair.Key} ({pair.Value})"))}";
        }

        if (
            fault.IsSeenIn is { } isSeen
            && answers.Count(answer => answer.OutcomeOf(provider) == "ok" && !isSeen(answer, provider) && !(isOneOfMany && answer.IsUnsure))
                is > 0
                    and var believed
        )
        {
            yield return $"{provider}: {believed} wrong prices accepted";
        }
    }
}
