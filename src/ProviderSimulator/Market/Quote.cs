namespace Quorum.ProviderSimulator;

/// <summary>
/// The quote of one instrument at one instant as one provider has it, in the venue's unit. Prices have no trailing zeros.
/// </summary>
internal sealed record Quote
{
    public required Instrument Instrument { get; init; }

    public required TradingDay Day { get; init; }

    public required decimal Price { get; init; }
    public required decimal Bid { get; init; }
    public required decimal Ask { get; init; }
    public required decimal Open { get; init; }
    public required decimal High { get; init; }
    public required decimal Low { get; init; }
    public required decimal PreviousClose { get; init; }

    /// <summary>Shares traded since the session's opening.</summary>
    public required long Volume { get; init; }

    /// <summary>The time of the last trade, UTC; never later than the provider's clock.</summary>
    public required DateTimeOffset TradedAt { get; init; }

    public required bool IsOpen { get; init; }

    /// <summary>Price minus previous close.</summary>
    public decimal Change => Money.Round(Price - PreviousClose, 4);

    /// <summary>The change in percent, four decimals.</summary>
    public decimal ChangePercent => Money.Round(Change * 100 / PreviousClose, 4);
}

/// <summary>Open, high, low, close and volume of one session or minute.</summary>
internal sealed record Bar(decimal Open, decimal High, decimal Low, decimal Close, long Volume);
