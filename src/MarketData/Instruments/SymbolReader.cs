using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Quorum.MarketData;

/// <summary>The instruments that the reference data know, as far as reading symbols needs them.</summary>
public interface IKnownInstruments
{
    /// <param name="symbol">Canonical.</param>
    bool Knows(Symbol symbol);

    /// <summary>The home listing of an ISIN; <see langword="null"/> when the reference data lack it.</summary>
    Symbol? FindIsin(string isin);
}

/// <summary>
/// Reads what callers write for an instrument and gives the canonical symbol (rules N20 and N25): <c>AAPL</c>, <c>VOD:XLON</c>, an ISIN,
/// and vendors' spellings of venues (<c>VOD.L</c>, <c>SAP.XETRA</c>, <c>VOD LN</c>), of classes and of preferreds (<c>BRK-B</c>,
/// <c>BACpL</c>), and pairs of currencies (<c>EURUSD</c>, <c>EUR/USD</c>, <c>EURUSD=X</c>). A ticker that the reference data list is never
/// read as a pair. A spelling with more than one meaning is refused with the right ones; no spelling of another venue becomes a US ticker.
/// </summary>
public static partial class SymbolReader
{
    private static readonly FrozenDictionary<string, Venue[]> BySuffix = ByKey(venue => venue.Suffixes);
    private static readonly FrozenDictionary<string, Venue[]> ByBloombergCode = ByKey(venue => venue.BloombergCodes);
    private static readonly FrozenDictionary<string, Venue[]> ByVendorName = ByKey(venue =>
        [.. venue.VendorNames, .. venue.Segments.Append(venue.Mic).Select(mic => mic.ToString())]
    );

    /// <summary>Never reached: the text is short before a pattern is tried.</summary>
    private const int MatchTimeoutMs = 1000;

    /// <summary>In these countries a hyphen is part of a ticker: <c>BAJAJ-AUTO</c> in India.</summary>
    private static readonly FrozenSet<string> HyphenCountries = new[] { "IN", "ID", "PK", "TH" }.ToFrozenSet(StringComparer.Ordinal);

    /// <param name="symbol">Canonical.</param>
    /// <param name="rule">The rule that the text breaks and the right spelling, for the caller.</param>
    public static bool TryRead(string? text, IKnownInstruments known, out Symbol symbol, [NotNullWhen(false)] out string? rule)
    {
        symbol = default;
        if (string.IsNullOrEmpty(text) || text.Length > 4 * Symbol.MaxTickerLength || !text.All(char.IsAscii))
        {
            return Symbol.TryParse(text, out symbol, out rule); // Refuses it by the rule for its length or characters.
        }

        if (VendorCase().Match(text) is { Success: true } mark)
        {
            return ReadVendorCase(text, mark, out symbol, out rule);
        }

        var upper = text.ToUpperInvariant();
        if (Isin.HasForm(upper))
        {
            return ReadIsin(upper, known, out symbol, out rule);
        }

        if (PairForm().Match(upper) is { Success: true } codes)
        {
            var (first, second) = (codes.Groups["base"].Value, codes.Groups["quote"].Value);
            var isPair = CurrencyPair.TryParse(first + second, out var pair);
            if (isPair && !known.Knows(pair.Symbol))
            {
                (symbol, rule) = (pair.Symbol, null);
                return true;
            }

            // Six letters without a mark of a pair may be a ticker, and are one where the reference data list it.
            var isMarked = codes.Length > first.Length + second.Length;
            if ((isMarked || !IsListed(upper, known)) && Explain(first, second, isPair) is { } fault)
            {
                rule = fault;
                return false;
            }
        }

        return upper.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0
            ? ReadWithColon(upper[..colon], upper[(colon + 1)..], out symbol, out rule)
            : ReadWithoutColon(upper, known, out symbol, out rule);
    }

    /// <summary>A small letter after capitals is a vendor's mark: <c>BACpL</c> is a preferred, <c>BRKb</c> a class.</summary>
    private static bool ReadVendorCase(string text, Match mark, out Symbol symbol, [NotNullWhen(false)] out string? rule)
    {
        var (root, letters, rest) = (mark.Groups["root"].Value, mark.Groups["mark"].Value, mark.Groups["rest"].Value);
        var isWhole = mark.Length == text.Length;
        if (isWhole && letters == "p" && rest.Length == 1)
        {
            return Accept($"{root}.PR{rest}", venue: null, out symbol, out rule);
        }

        symbol = default;
        rule =
            isWhole && rest.Length == 0 && letters.Length == 1
                ? $"A ticker must be in one case: a small letter after capitals is a vendor's mark. Write {root}.{letters.ToUpperInvariant()} for the class or {text.ToUpperInvariant()} for the ticker."
                : $"A ticker must be in one case: a small letter after capitals is a vendor's mark. Write {text.ToUpperInvariant()} if that is the ticker.";
        return false;
    }

    private static bool IsListed(string ticker, IKnownInstruments known) => Symbol.TryParse(ticker, out var symbol) && known.Knows(symbol);

    /// <summary>The rule that text in the form of a currency pair breaks; <see langword="null"/> if it is none.</summary>
    private static string? Explain(string first, string second, bool isPair) =>
        isPair ? $"'{first}{second}' is a listed ticker here: the pair {first}/{second} cannot be asked for."
        : !CurrencyCode.TryParse(first, out var one) || !CurrencyCode.TryParse(second, out var other) ? null
        : one == other ? $"The currencies of a pair must differ; got {one} twice."
        : null;

    private static bool ReadIsin(string isin, IKnownInstruments known, out Symbol symbol, [NotNullWhen(false)] out string? rule)
    {
        symbol = default;
        if (!Isin.IsValid(isin))
        {
            rule = $"The check digit of an ISIN must be right: here it must be {Isin.CheckDigit(isin)}.";
            return false;
        }

        if (known.FindIsin(isin) is not { } listing)
        {
            rule = "An ISIN must be one of the reference data (GET instruments). Write the ticker and its venue instead, as in VOD:XLON.";
            return false;
        }

        (symbol, rule) = (listing, null);
        return true;
    }

    private static bool ReadWithColon(string left, string right, out Symbol symbol, [NotNullWhen(false)] out string? rule)
    {
        symbol = default;
        if (Mic.TryParse(right, out var mic) && Venue.Find(mic) is { } venue)
        {
            var point = left.LastIndexOf('.');
            if (point > 0 && BySuffix.GetValueOrDefault(left[(point + 1)..]) is { } named && named.Any(other => AreOne(other, venue)))
            {
                rule = $"A symbol must name its venue once: write {Write(left[..point], venue)}.";
                return false;
            }

            return Accept(left, venue, out symbol, out rule);
        }

        if (ByVendorName.GetValueOrDefault(right) is { } after)
        {
            rule = $"After the colon there must be an ISO 10383 venue: write {WriteAll(left, after)}.";
        }
        else if (ByVendorName.GetValueOrDefault(left) is { } before && right.Length > 0)
        {
            rule = $"A symbol must be the ticker, then a colon and its ISO 10383 venue: write {WriteAll(right, before)}.";
        }
        else
        {
            rule = "After the colon there must be the ISO 10383 code of a venue that GET venues lists, as in VOD:XLON.";
        }

        return false;
    }

    private static bool ReadWithoutColon(string text, IKnownInstruments known, out Symbol symbol, [NotNullWhen(false)] out string? rule)
    {
        symbol = default;
        if (text.Contains(' ', StringComparison.Ordinal))
        {
            return ReadBloomberg(text, out symbol, out rule);
        }

        // A preferred is no spelling of a venue (BAC.PR.L), nor is a ticker that the reference data know.
        if (
            UsTicker.TryRead(text, out var ticker)
            && Symbol.TryParse(ticker, out var us)
            && (UsTicker.IsPreferred(ticker) || known.Knows(us))
        )
        {
            (symbol, rule) = (us, null);
            return true;
        }

        var point = text.LastIndexOf('.');
        if (point > 0 && BySuffix.GetValueOrDefault(text[(point + 1)..]) is { } venues)
        {
            if (Distinct(venues) is [var only])
            {
                return Accept(text[..point], only, out symbol, out rule);
            }

            rule =
                $"'.{text[(point + 1)..]}' must mean one venue, and vendors use it for several: write {WriteAll(text[..point], venues)}.";
            return false;
        }

        return Accept(text, venue: null, out symbol, out rule);
    }

    /// <summary><c>VOD LN</c>, <c>VOD LN Equity</c>, <c>BRK/B US</c>.</summary>
    private static bool ReadBloomberg(string text, out Symbol symbol, [NotNullWhen(false)] out string? rule)
    {
        symbol = default;
        var words = text.Split(' ');
        if (words.Length is 2 || (words.Length is 3 && words[2] == "EQUITY"))
        {
            if (ByBloombergCode.GetValueOrDefault(words[1]) is [var venue])
            {
                return Accept(words[0].TrimEnd('/'), venue, out symbol, out rule);
            }
        }

        rule =
            "A symbol must have no spaces but before Bloomberg's code of a venue, as in VOD LN: write the ticker and its venue, as in VOD:XLON.";
        return false;
    }

    /// <summary>The canonical symbol of a ticker at a venue.</summary>
    /// <param name="venue"><see langword="null"/> for the United States.</param>
    private static bool Accept(string ticker, Venue? venue, out Symbol symbol, [NotNullWhen(false)] out string? rule)
    {
        var isUs = venue is null or { IsUnitedStates: true };
        string? canonical;
        if (!isUs)
        {
            canonical = Local(ticker, venue!); // Not null: no US venue.
        }
        else if (!UsTicker.TryRead(ticker, out canonical))
        {
            if (Symbol.TryParse(ticker, out symbol, out rule))
            {
                rule = char.IsAsciiDigit(ticker[0])
                    ? $"A ticker without a venue means the US listing and must begin with a letter: name the venue, as in {ticker}:XTKS."
                    : "What follows a ticker must be a class or unit (BRK.B, ABC.U), a preferred (BAC.PRL), a warrant (ABC.WS) or a venue's suffix (VOD.L): write the ticker and its ISO 10383 venue, as in VOD:XLON.";
            }

            symbol = default;
            return false;
        }

        if (!Symbol.TryParse(canonical, out symbol, out rule))
        {
            return false;
        }

        symbol = symbol.At(isUs ? null : venue!.Mic);
        return true;
    }

    /// <summary>Classes with a point (<c>VOLV.B</c>), and four digits in Hong Kong (<c>0700</c>).</summary>
    private static string Local(string ticker, Venue venue)
    {
        if (venue.Mic.ToString() == "XHKG" && ticker.Length > 0 && ticker.All(char.IsAsciiDigit))
        {
            return ticker.TrimStart('0').PadLeft(4, '0');
        }

        return HyphenCountries.Contains(venue.Country) ? ticker : ticker.Replace('/', '.').Replace('-', '.');
    }

    private static string WriteAll(string ticker, IReadOnlyList<Venue> venues) =>
        string.Join(" or ", Distinct(venues).Select(venue => Write(ticker, venue)));

    private static string Write(string ticker, Venue venue) =>
        Accept(ticker, venue, out var symbol, out _) ? symbol.ToString() : $"TICKER:{venue.Mic}";

    /// <summary>The United States count as one venue.</summary>
    private static Venue[] Distinct(IReadOnlyList<Venue> venues) =>
        [.. venues.DistinctBy(venue => venue.IsUnitedStates ? Venue.NewYork.Mic : venue.Mic)];

    private static bool AreOne(Venue one, Venue other) => one == other || (one.IsUnitedStates && other.IsUnitedStates);

    private static FrozenDictionary<string, Venue[]> ByKey(Func<Venue, IEnumerable<string>> keys) =>
        Venue
            .All.SelectMany(venue => keys(venue), (venue, key) => (Venue: venue, Key: key))
            .GroupBy(entry => entry.Key, entry => entry.Venue, StringComparer.Ordinal)
            .ToFrozenDictionary(entries => entries.Key, entries => entries.Distinct().ToArray(), StringComparer.Ordinal);

    // Two capitals before another small letter: "Ma" is a capitalized MA.
    [GeneratedRegex(
        "^(?<root>[A-Z0-9]+)(?<mark>p|r|w|rw|pw|wi|(?<=^[A-Z0-9]{2,})[a-z])(?<rest>[A-Z]*)(?=\\z|[.:/ -])",
        RegexOptions.CultureInvariant,
        MatchTimeoutMs
    )]
    private static partial Regex VendorCase();

    // EURUSD, EUR/USD, Yahoo's EURUSD=X and EODHD's EURUSD.FOREX.
    [GeneratedRegex(
        @"^(?<base>[A-Z]{3})(?:(?<quote>[A-Z]{3})(?:=X|\.FOREX)?|/(?<quote>[A-Z]{3}))\z",
        RegexOptions.CultureInvariant,
        MatchTimeoutMs
    )]
    private static partial Regex PairForm();
}
