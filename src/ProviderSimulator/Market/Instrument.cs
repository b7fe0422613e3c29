namespace Quorum.ProviderSimulator;

/// <summary>One line at one venue. The same ticker at two venues is two instruments with two prices.</summary>
/// <param name="Index">Its place in <see cref="Instruments.All"/>.</param>
/// <param name="Ticker">As the venue writes it, class shares with a dot: <c>BRK.B</c>.</param>
/// <param name="BasePrice">Where its walk starts from, in the venue's unit (pence in London).</param>
/// <param name="DailyVolume">Shares on an ordinary day.</param>
internal sealed record Instrument(int Index, string Ticker, Venue Venue, string Name, double BasePrice, long DailyVolume)
{
    public bool IsUnitedStates => Venue.IsUnitedStates;

    /// <summary><c>AAPL</c> for US listings, <c>VOD:XLON</c> for all others.</summary>
    public string Symbol { get; } = Venue.IsUnitedStates ? Ticker : $"{Ticker}:{Venue.Mic}";
}
