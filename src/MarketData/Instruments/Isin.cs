namespace Quorum.MarketData;

/// <summary>International securities identification numbers (ISO 6166): a country, nine letters or digits, and a check digit.</summary>
public static class Isin
{
    private const int Length = 12;

    /// <summary>True if the text has the form of an ISIN, whatever its check digit.</summary>
    public static bool HasForm(string text) =>
        text.Length == Length
        && char.IsAsciiLetterUpper(text[0])
        && char.IsAsciiLetterUpper(text[1])
        && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c))
        && char.IsAsciiDigit(text[^1]);

    /// <summary>True if the text is an ISIN with the right check digit.</summary>
    public static bool IsValid(string text) => HasForm(text) && CheckDigit(text) == text[^1] - '0';

    /// <summary>The check digit of the first eleven characters: letters become two digits (A is 10), then the Luhn sum.</summary>
    /// <param name="text">Of the form of an ISIN.</param>
    public static int CheckDigit(string text)
    {
        var (sum, place) = (0, 0);
        for (var i = Length - 2; i >= 0; i--)
        {
            var value = char.IsAsciiDigit(text[i]) ? text[i] - '0' : text[i] - 'A' + 10;
            do
            {
                var digit = (value % 10) * (place++ % 2 == 0 ? 2 : 1);
                sum += (digit / 10) + (digit % 10);
                value /= 10;
            } while (value > 0);
        }

        return (10 - (sum % 10)) % 10;
    }
}
