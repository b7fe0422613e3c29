namespace Quorum.CaseStudy.Ways;

/// <summary>One way of doing the same work: six providers and PostgreSQL asked, one consolidated quote made.</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="AskAsync">Asks for one symbol; whether the answer was complete: all six providers, in one quote.</param>
internal sealed record Way(string Name, Func<string, CancellationToken, Task<bool>> AskAsync);
