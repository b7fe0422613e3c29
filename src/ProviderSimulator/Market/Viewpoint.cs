namespace Quorum.ProviderSimulator;

/// <summary>The view of one feed on the true price.</summary>
/// <param name="Salt">Makes its noise differ from that of other feeds.</param>
/// <param name="NoiseBps">The maximum distance of its prices from the true price, in basis points.</param>
/// <param name="VolumeShare">Its share of the market's volume; 1 for a consolidated feed.</param>
/// <param name="Delay">The feed's delay.</param>
internal sealed record Viewpoint(int Salt, double NoiseBps = 2, double VolumeShare = 1, TimeSpan Delay = default);
