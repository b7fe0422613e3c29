using System.Collections.Immutable;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>The providers that a request asks for: all of them, or some by name. Compares by what it holds.</summary>
public readonly record struct ProviderSelection
{
    private static readonly ImmutableArray<ProviderId> Everyone = [.. ProviderId.All];

    private readonly uint _members;

    private ProviderSelection(uint members) => _members = members;

    public static ProviderSelection All { get; } = new((1u << Everyone.Length) - 1);

    public static ProviderSelection None => default;

    public static ProviderSelection Of(IReadOnlyList<ProviderId> providers)
    {
        var selection = None;
        for (var i = 0; i < providers.Count; i++)
        {
            selection = selection.With(providers[i]);
        }

        return selection;
    }

    public bool IsAll => this == All;

    public bool Contains(ProviderId provider) => (_members & Bit(provider)) != 0;

    public ProviderSelection With(ProviderId provider) => new(_members | Bit(provider));

    /// <summary>In the order of <see cref="ProviderId.All"/>, however they were named.</summary>
    public ImmutableArray<ProviderId> ToList()
    {
        if (IsAll)
        {
            return Everyone;
        }

        var members = ImmutableArray.CreateBuilder<ProviderId>();
        foreach (var provider in Everyone)
        {
            if (Contains(provider))
            {
                members.Add(provider);
            }
        }

        return members.ToImmutable();
    }

    public override string ToString() => string.Join(',', ToList());

    private static uint Bit(ProviderId provider) =>
        Everyone.IndexOf(provider) is >= 0 and var place
            ? 1u << place
            : throw new ArgumentException($"'{provider}' is no provider.", nameof(provider));
}
