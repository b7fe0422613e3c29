namespace Quorum.MarketData;

/// <summary>Collects what a merge dropped or widened, and why, in the words of <see cref="QuoteQuality.Repaired"/>.</summary>
internal sealed class Repairs
{
    public const string Crossed = "crossed",
        Stub = "stub",
        OutsidePrice = "outside-price",
        SplitRatio = "split-ratio",
        UnitFactor = "unit-factor";

    private List<string>? _notes;

    public IReadOnlyList<string> Notes => (IReadOnlyList<string>?)_notes ?? [];

    public void Note(string field, string reason) => Add($"{field}: {reason}");

    public void Note(string field, string reason, ProviderId provider) => Add($"{field}: {reason} ({provider})");

    private void Add(string note)
    {
        _notes ??= [];
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }
}
