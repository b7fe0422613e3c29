namespace Quorum.ProviderSimulator;

/// <summary>The symbols of a provider. Spelling is exact: another case is another symbol.</summary>
internal sealed class Listings
{
    private readonly Dictionary<string, Instrument> _bySpelling = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instrument>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <param name="spell">Returns the provider's spellings of an instrument, the usual one first; none if it does not list it.</param>
    public Listings(IEnumerable<Instrument> instruments, Func<Instrument, IEnumerable<string>> spell)
    {
        foreach (var instrument in instruments)
        {
            foreach (var spelling in spell(instrument))
            {
                _bySpelling.TryAdd(spelling, instrument);
            }
        }

        _bySpan = _bySpelling.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IEnumerable<(string Spelling, Instrument Instrument)> All => _bySpelling.Select(entry => (entry.Key, entry.Value));

    /// <returns><see langword="null"/> for a symbol that the provider does not know.</returns>
    public Instrument? Find(ReadOnlySpan<char> spelling) => _bySpan.TryGetValue(spelling, out var instrument) ? instrument : null;
}
