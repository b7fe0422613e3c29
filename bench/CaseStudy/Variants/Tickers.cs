namespace Quorum.CaseStudy.Variants;

/// <summary>
/// The simulator's invented tickers in turn, <c>T0001</c> to <c>T2000</c>, so that no two concurrent requests use the same one.
/// </summary>
internal sealed class Tickers
{
    private const int Count = 2000;

    private int _asked;

    public string Next() => $"T{(_asked++ % Count) + 1:0000}";
}
