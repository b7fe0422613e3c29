namespace Quorum.ProviderSimulator;

/// <summary>How one feed sees the one truth.</summary>
/// <param name="Salt">Makes its noise its own.</param>
/// <param name="NoiseBps">How far its prices lie from the truth at most, in basis points.</param>
/// <param name="VolumeShare">Its part of the market's volume; 1 for a consolidated feed.</param>
/// <param name="Delay">How far behind it is.</param>
internal sealed record Viewpoint(int Salt, double NoiseBps = 2, double VolumeShare = 1, TimeSpan Delay = default);
