namespace Quorum.Abuse;

/// <summary>The cost of one abuse.</summary>
/// <param name="Abuse">Each request, and how many.</param>
/// <param name="Used">The amount in <paramref name="Unit"/>.</param>
/// <param name="Limit">The maximum amount that passes.</param>
internal sealed record Finding(string Abuse, long Used, string Unit, long Limit);
