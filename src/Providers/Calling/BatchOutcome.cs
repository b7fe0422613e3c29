using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>What one request for many listings came to.</summary>
/// <param name="Items">One for each listing, in their order.</param>
/// <param name="Culprit">As <see cref="IBatchAdapter.FindCulprit"/> says: for whom the whole request was refused.</param>
internal sealed record BatchOutcome(IReadOnlyList<FetchOutcome> Items, int? Culprit);
