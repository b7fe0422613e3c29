using System.Collections.Specialized;
using System.Globalization;

namespace Quorum.Functions.Http;

/// <summary>Reads a query string strictly: every parameter is known, comes once and keeps its rule. What does not is collected, so that
/// the caller hears of every fault at once.</summary>
public sealed class QueryParameters(NameValueCollection query)
{
    private readonly List<InvalidParameter> _faults = [];

    public IReadOnlyList<InvalidParameter> Faults => _faults;

    /// <summary>Refuses what is not listed: a misspelt parameter that is silently ignored gives a wrong answer. The platform's own
    /// <c>code</c> and <c>clientId</c> (function keys) are always allowed.</summary>
    public void AllowOnly(params ReadOnlySpan<string> known)
    {
        for (var i = 0; i < query.Count; i++)
        {
            var name = query.GetKey(i);
            if (!IsAnyOf(name, known) && !IsAnyOf(name, ["code", "clientId"]))
            {
                Refuse(name ?? query.Get(i) ?? "", null, $"There is no such parameter; there are {string.Join(", ", known!)}.");
            }
        }
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

        Refuse(name, string.Join(", ", values), "The parameter may be given once.");
        return null;
    }

    /// <summary>A whole number within bounds, in plain digits; <paramref name="otherwise"/> when the parameter is absent or refused.</summary>
    public int WholeNumber(string name, int lowest, int highest, int otherwise, string unit)
    {
        if (Find(name) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest)
        {
            return number;
        }

        Refuse(name, text, $"It is a whole number of {unit} from {lowest} to {highest}.");
        return otherwise;
    }

    public void Refuse(string name, string? value, string rule) => _faults.Add(new InvalidParameter(name, value, rule));

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
