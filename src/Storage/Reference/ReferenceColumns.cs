using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>The columns of a reference file; reads its lines.</summary>
internal sealed class ReferenceColumns
{
    private const string Ticker = "ticker",
        Name = "name",
        VenueCode = "mic",
        IsinCode = "isin",
        Currency = "currency";
    private static readonly string[] Required = [Ticker, Name, VenueCode, Currency];
    private static readonly string[] Known = [.. Required, IsinCode, .. ProviderId.All.Select(provider => provider.ToString())];

    private readonly Dictionary<string, int> _places = new(StringComparer.OrdinalIgnoreCase);
    private readonly int _count;

    private ReferenceColumns(int count) => _count = count;

    /// <summary>False if a column that every file needs is missing.</summary>
    public bool IsComplete => Array.TrueForAll(Required, _places.ContainsKey);

    /// <param name="header">The names, in any order.</param>
    /// <param name="fault">Receives each fault.</param>
    public static ReferenceColumns Read(string[] header, Action<string> fault)
    {
        var columns = new ReferenceColumns(header.Length);
        for (var place = 0; place < header.Length; place++)
        {
            if (!Known.Contains(header[place], StringComparer.OrdinalIgnoreCase))
            {
                fault($"column '{header[place]}': must be one of {string.Join(", ", Known)}.");
            }
            else if (!columns._places.TryAdd(header[place], place))
            {
                fault($"column '{header[place]}': must not be there twice.");
            }
        }

        foreach (var missing in Required.Where(name => !columns._places.ContainsKey(name)))
        {
            fault($"column '{missing}': must be there.");
        }

        return columns;
    }

    /// <param name="fields">The cells of the line.</param>
    /// <param name="row">The number of the line.</param>
    /// <param name="fault">Receives each fault.</param>
    /// <returns><see langword="null"/> if a rule is broken.</returns>
    public ReferenceLine? ReadLine(string[] fields, int row, Action<string> fault)
    {
        if (fields.Length != _count)
        {
            fault($"must have {_count} fields, as the header has; it has {fields.Length}.");
            return null;
        }

        var isFaultless = true;
        var mic = Mic.TryParse(Cell(VenueCode), out var code) && Venue.Find(code) is { } venue ? venue : null;
        Check(VenueCode, mic is not null, "must be the ISO 10383 code of a venue in the venue table");
        Check(Name, Cell(Name).Length > 0, "must not be empty");
        Check(IsinCode, Cell(IsinCode).Length == 0 || Isin.IsValid(Cell(IsinCode)), "must be an ISIN with the right check digit, or empty");
        Check(Currency, CurrencyCode.TryParse(Cell(Currency), out var currency), "must be an ISO 4217 currency code");
        Check(
            Ticker,
            Symbol.TryParse(Cell(Ticker), out var ticker) && ticker.Venue is null,
            "must be a ticker: letters, digits, dots and hyphens, without a venue"
        );
        if (!isFaultless || mic is null)
        {
            return null;
        }

        var instrument = new Instrument
        {
            Symbol = CanonicalVenue.Of(ticker.At(code)),
            Name = Cell(Name),
            Venue = code,
            Isin = Cell(IsinCode) is { Length: > 0 } isin ? isin : null,
            Currency = currency,
        };
        var listings = new List<ProviderListing>();
        foreach (var provider in ProviderId.All)
        {
            if (ListingOf(provider, instrument, mic) is { } listing)
            {
                Check(
                    provider.ToString(),
                    listing.Unit is null || QuoteUnit.TryParse(listing.Unit)?.Currency == currency,
                    $"must be a spelling, or a spelling, a blank and a unit of {currency}"
                );
                listings.Add(listing);
            }
        }

        return isFaultless ? new ReferenceLine(row, instrument, listings) : null;

        void Check(string column, bool holds, string rule)
        {
            if (!holds)
            {
                isFaultless = false;
                fault($"{column} '{Cell(column)}': {rule}.");
            }
        }

        string Cell(string column) => _places.TryGetValue(column, out var place) ? fields[place] : "";

        ProviderListing? ListingOf(ProviderId provider, Instrument listed, Venue at)
        {
            string? spelling,
                unit;
            if (!_places.ContainsKey(provider.ToString()))
            {
                spelling = at.Spell(provider, listed.Symbol.Ticker);
                unit = at.UnitsOf(listed.Symbol.Ticker).Where(one => one.Currency == listed.Currency).ToArray() is [var only]
                    ? only.Name
                    : null;
            }
            else
            {
                var cell = Cell(provider.ToString());
                var blank = cell.IndexOf(' ', StringComparison.Ordinal);
                (spelling, unit) = blank < 0 ? (cell, listed.Currency.ToString()) : (cell[..blank], cell[(blank + 1)..].Trim());
            }

            return string.IsNullOrEmpty(spelling)
                ? null
                : new ProviderListing
                {
                    Provider = provider,
                    Symbol = listed.Symbol,
                    ProviderSymbol = spelling,
                    Unit = unit,
                    Venue = listed.Venue,
                    Currency = listed.Currency,
                };
        }
    }
}
