using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The outcome of one request for many listings.</summary>
/// <param name="Items">One for each listing, in their order.</param>
/// <param name="Culprit">The listing that made the provider reject the whole request: <see cref="IBatchAdapter.FindCulprit"/>.</param>
internal sealed record BatchOutcome(IReadOnlyList<FetchOutcome> Items, int? Culprit);
