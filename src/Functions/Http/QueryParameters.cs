using System.Collections.Specialized;
using System.Globalization;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Http;

/// <summary>Reads a query string strictly: every parameter must be known, given once and valid. All faults are collected and reported
/// together.</summary>
public sealed class QueryParameters(NameValueCollection query)
{
    private const int DateLength = 10,
        OffsetLength = 6,
        LongestMoment = 40;

    private readonly List<InvalidParameter> _faults = [];

    /// <summary>The parameters that were refused because they were given several times.</summary>
    private readonly List<string> _repeated = [];

    public IReadOnlyList<InvalidParameter> Faults => _faults;

    /// <summary>Refuses what is not listed: a misspelt parameter that is silently ignored gives a wrong answer. The platform's own
    /// <c>code</c> and <c>clientId</c> (function keys) are always allowed.</summary>
    public void AllowOnly(params ReadOnlySpan<string> known)
    {
        for (var i = 0; i < query.Count; i++)
        {
            var name = query.GetKey(i);
            foreach (var bare in name is null ? query.GetValues(i) ?? [] : [])
            {
                if (bare.Length > 0) // nothing between two separators is nothing
                {
                    Refuse(bare, null, IsAnyOf(bare, known) ? "must have a value, as in name=value" : NotKnown(known));
                }
            }

            if (name is not null && !IsAnyOf(name, known) && !IsAnyOf(name, ["code", "clientId"]))
            {
                Refuse(name, null, NotKnown(known));
            }
        }

        static string NotKnown(ReadOnlySpan<string> known) =>
            known.IsEmpty ? "must be left out: there are no parameters" : $"must be one of the parameters {string.Join(", ", known!)}";
    }

    /// <summary><see langword="null"/> when the parameter is absent, or not given just once.</summary>
    public string? Find(string name)
    {
        if (query.GetValues(name) is not { } values)
        {
            return null;
        }

        if (values.Length == 1)
        {
            return values[0];
        }

        if (!IsRepeated(name))
        {
            Refuse(name, string.Join(", ", values), "must be given once");
            _repeated.Add(name);
        }

        return null;
    }

    /// <summary>A whole number within bounds, in plain digits; <paramref name="otherwise"/> when the parameter is absent or
    /// refused.</summary>
    public int WholeNumber(string name, int lowest, int highest, int otherwise, string unit)
    {
        if (Find(name) is not { } text)
        {
            return otherwise;
        }

        if (TryReadDigits(text, out var number) && number >= lowest && number <= highest)
        {
            return number;
        }

        Refuse(name, text, $"must be a whole number of {unit} from {lowest} to {highest}");
        return otherwise;
    }

    /// <summary>Reads digits and nothing else: the framework's parser allows zero characters after them.</summary>
    public static bool TryReadDigits(string text, out int number)
    {
        number = 0;
        return text.All(char.IsAsciiDigit) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary><c>true</c> or <c>false</c>; false when the parameter is absent or refused.</summary>
    public bool Flag(string name)
    {
        if (Find(name) is not { } text)
        {
            return false;
        }

        if (text is not ("true" or "false"))
        {
            Refuse(name, text, "must be true or false");
        }

        return text is "true";
    }

    /// <summary>A decimal fraction from 0 to 1; <paramref name="otherwise"/> when the parameter is absent or refused.</summary>
    public double Fraction(string name, double otherwise)
    {
        if (Find(name) is not { } text)
        {
            return otherwise;
        }

        if (
            !text.Contains('\0', StringComparison.Ordinal)
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= 1
        )
        {
            return (double)number;
        }

        Refuse(name, text, "must be a number from 0 to 1, such as 0.8");
        return otherwise;
    }

    /// <summary>A symbol of the route in any vendor's spelling; nothing when it is refused.</summary>
    /// <returns>Canonical.</returns>
    public Symbol Symbol(string name, string? text, InstrumentCatalogue catalogue)
    {
        text = text?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase); // the one escape that servers leave in a path: EUR%2FUSD
        if (!catalogue.TryRead(text, out var symbol, out var rule))
        {
            Refuse(name, text ?? "", rule);
        }

        return symbol;
    }

    /// <summary>A moment in RFC 3339 form with its offset, or a date, which is its midnight in UTC; <see langword="null"/> when the
    /// parameter is absent or refused.</summary>
    public DateTimeOffset? Moment(string name)
    {
        if (Find(name) is not { } text)
        {
            return null;
        }

        if (text.Length is > 0 and <= LongestMoment && text[0] != ' ')
        {
            // An unescaped plus sign of an offset arrives as a blank.
            var moment =
                Rfc3339.ParseInstant(text.Length > DateLength + 1 ? text[..^OffsetLength] + text[^OffsetLength..].Replace(' ', '+') : text)
                ?? (
                    text.Length == DateLength && Rfc3339.ParseDate(text) is { } date
                        ? new DateTimeOffset(date.ToDateTime(default), TimeSpan.Zero)
                        : null
                );
            if (moment is not null)
            {
                return moment;
            }
        }

        Refuse(name, text, "must be a time with its offset (2026-11-20T15:00:00Z) or a date (2026-11-20), from 1970 on");
        return null;
    }

    /// <summary>A text within a length; <see langword="null"/> when the parameter is absent or refused.</summary>
    public string? Text(string name, int longest)
    {
        if (Find(name) is not { } text)
        {
            return null;
        }

        if (text.Trim() is { Length: > 0 } trimmed && trimmed.Length <= longest && !trimmed.Any(char.IsControl))
        {
            return trimmed;
        }

        Refuse(name, text, $"must be a text of 1 to {longest} characters");
        return null;
    }

    /// <summary>Reads the number of items in a page.</summary>
    public int Limit(int otherwise, int highest) => WholeNumber("limit", 1, highest, otherwise, "items");

    /// <summary>
    /// Reads the end of the previous page (<see cref="PageCursor"/>); <see langword="null"/> for the first page, or when it is invalid.
    /// </summary>
    public T? Cursor<T>(PlaceParser<T> parse)
        where T : struct
    {
        const string Name = "cursor";
        if (Find(Name) is not { } text)
        {
            return null;
        }

        if (PageCursor.TryRead(text, out var place) && parse(place, out var cursor))
        {
            return cursor;
        }

        Refuse(Name, text, "must be the 'next' of the page before, unchanged");
        return null;
    }

    /// <summary>Refuses a body where there is nothing to do with one.</summary>
    public void RefuseBody(HttpRequestData request)
    {
        if (request.HasBody())
        {
            Refuse("body", null, "must be empty");
        }
    }

    /// <summary>Adds a fault; none for a parameter that was given several times, whose values are not judged.</summary>
    public void Refuse(string name, string? value, string rule)
    {
        if (!IsRepeated(name))
        {
            _faults.Add(new InvalidParameter(name, value, rule));
        }
    }

    private bool IsRepeated(string name) => _repeated.Contains(name, StringComparer.Ordinal);

    private static bool IsAnyOf(string? name, ReadOnlySpan<string> names)
    {
        foreach (var known in names)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Reads a place in a list.</summary>
public delegate bool PlaceParser<T>(string text, out T place);
