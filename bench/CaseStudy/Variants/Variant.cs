namespace Quorum.CaseStudy.Variants;

/// <summary>One variant of the same work: calls to six providers and PostgreSQL, merged into one consolidated quote.</summary>
/// <param name="Name">The name in the report.</param>
/// <param name="AskAsync">Requests one symbol; returns true if the answer was complete: all six providers in one quote.</param>
internal sealed record Variant(string Name, Func<string, CancellationToken, Task<bool>> AskAsync);
