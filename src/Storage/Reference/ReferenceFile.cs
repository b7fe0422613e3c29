using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The instruments that come with the app, from <c>Reference/instruments.csv</c>: one line each with ticker, name, venue, ISIN (empty where not
/// certain), currency, and a column per provider. A provider's cell holds its spelling and, after a blank, the unit of its prices where that is not
/// the currency (<c>VOD.L GBX</c>); an empty cell means that it does not list the instrument.
/// </summary>
/// <remarks>No quoting: a field with a comma or a quotation mark is an error.</remarks>
internal sealed class ReferenceFile
{
    private ReferenceFile(string name, string checksum, IReadOnlyList<Instrument> instruments, IReadOnlyList<ProviderListing> listings) =>
        (Name, Checksum, Instruments, Listings) = (name, checksum, instruments, listings);

    public static ReferenceFile BuiltIn { get; } = Parse("instruments.csv", EmbeddedText.Read(".Reference.instruments.csv"));

    public string Name { get; }
    public string Checksum { get; }
    public IReadOnlyList<Instrument> Instruments { get; }
    public IReadOnlyList<ProviderListing> Listings { get; }

    /// <exception cref="FormatException">A line breaks a rule; the message names it.</exception>
    public static ReferenceFile Parse(string name, string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var columns = Columns.Read(lines[0]);
        var instruments = new List<Instrument>(lines.Length);
        var listings = new List<ProviderListing>(lines.Length * ProviderId.All.Count);
        for (var i = 1; i < lines.Length; i++)
        {
            try
            {
                var fields = lines[i].Split(',');
                var instrument = columns.ReadInstrument(fields);
                instruments.Add(instrument);
                columns.ReadListings(fields, instrument, listings);
            }
            catch (FormatException exception)
            {
                throw new FormatException($"{name}, line {i + 1}: {exception.Message}", exception);
            }
        }

        return new ReferenceFile(name, EmbeddedText.Checksum(text), instruments, listings);
    }

    /// <summary>Where each field stands.</summary>
    private sealed class Columns
    {
        private readonly string[] _names;
        private readonly int _ticker, _name, _venue, _isin, _currency;

        private Columns(string[] names)
        {
            _names = names;
            (_ticker, _name, _venue) = (Find("ticker"), Find("name"), Find("mic"));
            (_isin, _currency) = (Find("isin"), Find("currency"));
        }

        public static Columns Read(string header) => new(header.Split(','));

        public Instrument ReadInstrument(string[] fields)
        {
            if (fields.Length != _names.Length || Array.Exists(fields, field => field.Contains('"') || field.Trim() != field))
            {
                throw new FormatException($"expected {_names.Length} plain fields without quotation marks and blanks around them, found {fields.Length}.");
            }

            var venue = Mic.Parse(fields[_venue]);
            return new Instrument
            {
                Symbol = CanonicalVenue.Of(Symbol.Parse($"{fields[_ticker]}:{venue}")),
                Name = fields[_name] is { Length: > 0 } name ? name : throw new FormatException("the name is missing."),
                Venue = venue,
                Isin = fields[_isin] is { Length: > 0 } isin ? isin : null,
                Currency = CurrencyCode.Parse(fields[_currency]),
            };
        }

        public void ReadListings(string[] fields, Instrument instrument, List<ProviderListing> listings)
        {
            foreach (var provider in ProviderId.All)
            {
                var cell = fields[Find(provider.ToString())];
                if (cell.Length == 0)
                {
                    continue;
                }

                var blank = cell.IndexOf(' ');
                listings.Add(new ProviderListing
                {
                    Provider = provider,
                    Symbol = instrument.Symbol,
                    ProviderSymbol = blank < 0 ? cell : cell[..blank],
                    Unit = blank < 0 ? instrument.Currency.ToString() : cell[(blank + 1)..],
                    Venue = instrument.Venue,
                    Currency = instrument.Currency,
                });
            }
        }

        private int Find(string name) => Array.IndexOf(_names, name) is var at and >= 0 ? at : throw new FormatException($"column '{name}' is missing.");
    }
}
