using System.Diagnostics.CodeAnalysis;

namespace Quorum.ProviderSimulator;

/// <summary>One of the six simulated providers.</summary>
internal enum Provider
{
    Finnhub,
    AlphaVantage,
    TwelveData,
    Massive,
    Alpaca,
    Eodhd,
}

/// <summary>The providers' names: the first segment of their paths, and their names in the admin endpoint.</summary>
internal static class ProviderNames
{
    public const int Count = 6;

    private static readonly string[] Names = ["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"];

    public static IReadOnlyList<Provider> All { get; } = Enum.GetValues<Provider>();

    public static string Name(this Provider provider) => Names[(int)provider];

    public static bool TryParse([NotNullWhen(true)] string? text, out Provider provider) => TryParse(text.AsSpan(), out provider);

    public static bool TryParse(ReadOnlySpan<char> text, out Provider provider)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (text.Equals(Names[i], StringComparison.OrdinalIgnoreCase))
            {
                provider = (Provider)i;
                return true;
            }
        }

        provider = default;
        return false;
    }
}
