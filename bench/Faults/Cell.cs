namespace Quorum.Faults;

/// <summary>What one cell of the matrix came to.</summary>
/// <param name="Faults">What is wrong; empty when nothing is.</param>
internal sealed record Cell(string Target, string Fault, int Answered, TimeSpan P95, string Outcome, IReadOnlyList<string> Faults)
{
    /// <summary>Beyond the budget: what the way to the caller and back may cost.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(15);

    /// <param name="failing">The providers that fail, each with the outcomes that are right.</param>
    /// <param name="liars">Providers whose price does not count.</param>
    public static Cell Judge(
        string target, string fault, IReadOnlyList<Asked> answers, IReadOnlyDictionary<string, string[]> failing, IReadOnlyCollection<string> liars)
    {
        var faults = new List<string>();
        var p95 = answers.Select(answer => answer.Took).Order().ElementAt(Math.Max(0, (int)Math.Ceiling(answers.Count * 0.95) - 1));
        if (answers.Count(answer => answer.Status is 0 or >= 500) is > 0 and var broken)
        {
            faults.Add($"{broken} without an answer ({string.Join(", ", answers.Select(answer => answer.Status).Where(status => status is 0 or >= 500).Distinct())})");
        }

        if (p95 > TimeSpan.FromMilliseconds(Asker.BudgetMs) + Grace)
        {
            faults.Add($"p95 {p95.TotalMilliseconds:0} ms");
        }

        foreach (var (provider, outcomes) in failing)
        {
            var seen = answers.Where(answer => answer.Status == 200).Select(answer => answer.OutcomeOf(provider)).Distinct().ToList();
            if (!seen.Intersect(outcomes).Any())
            {
                faults.Add($"{provider} called {string.Join(", ", seen)} instead of {string.Join(" or ", outcomes)}");
            }
        }

        if (answers.Count(answer => !answer.IsHonest(liars)) is > 0 and var wrong)
        {
            faults.Add($"{wrong} prices outside the healthy providers' range");
        }

        var outcome = string.Join(" | ", failing.Keys.Select(provider => answers
            .GroupBy(answer => answer.OutcomeOf(provider)).OrderByDescending(group => group.Count()).First().Key));
        return new Cell(target, fault, answers.Count(answer => answer.Status == 200), p95, outcome, faults);
    }
}
