namespace Quorum.ProviderSimulator;

/// <summary>One listing at one venue. The same ticker at two venues is two instruments with two prices.</summary>
/// <param name="Index">The index in <see cref="Instruments.All"/>.</param>
/// <param name="Ticker">The ticker as the venue writes it, class shares with a dot: <c>BRK.B</c>.</param>
/// <param name="BasePrice">The start of its random walk, in the venue's unit (pence in London).</param>
/// <param name="DailyVolume">Shares traded on an ordinary day.</param>
internal sealed record Instrument(int Index, string Ticker, Venue Venue, string Name, double BasePrice, long DailyVolume)
{
    public bool IsUnitedStates => Venue.IsUnitedStates;

    /// <summary>The two currencies of a pair, by their places in <see cref="Currencies.All"/>; <see langword="null"/> for a
    /// listing.</summary>
    public (int Base, int Quote)? Pair { get; init; }

    /// <summary><c>EUR/USD</c> for a pair of currencies, <see langword="null"/> for a listing.</summary>
    public string? PairName => Pair is null ? null : $"{Ticker[..3]}/{Ticker[3..]}";

    /// <summary>Of its prices, in the venue's unit.</summary>
    public int Decimals { get; init; } = Venue.Decimals;

    /// <summary>The unit of its prices.</summary>
    public string Unit => Pair is null ? Venue.Unit : Ticker[3..];

    /// <summary><c>AAPL</c> for US listings, <c>EURUSD</c> for a pair of currencies, <c>VOD:XLON</c> for all others.</summary>
    public string Symbol { get; } = Venue.IsUnitedStates || Venue == Venue.Currencies ? Ticker : $"{Ticker}:{Venue.Mic}";
}
