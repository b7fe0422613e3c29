namespace Quorum.CaseStudy.Ways;

/// <summary>The simulator's made-up tickers in turn, <c>T0001</c> to <c>T2000</c>: no two requests in flight ask for the same.</summary>
internal sealed class Tickers
{
    private const int Count = 2000;

    private int _asked;

    public string Next() => $"T{(_asked++ % Count) + 1:0000}";
}
