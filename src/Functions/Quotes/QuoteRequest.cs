using System.Collections.Specialized;
using System.Diagnostics.CodeAnalysis;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>The validated parameters of <c>GET quotes/{symbol}</c>.</summary>
public sealed record QuoteRequest
{
    public const int MinBudgetMs = 50,
        MaxBudgetMs = 10_000,
        DefaultBudgetMs = 200;
    public const int MaxMaxAgeSeconds = 86_400,
        DefaultMaxAgeSeconds = 5;

    /// <summary>The symbols in one request at most.</summary>
    public const int MaxSymbols = 50;

    /// <summary>The <c>agree</c> that waits for all providers.</summary>
    public const string AgreeAll = "all";

    private const int InstanceLength = 32;
    private const string AgreeName = "agree";
    private const string BudgetName = "budget";
    private const string CurrencyName = "currency";

    public required Symbol Symbol { get; init; }

    /// <summary>The time in which the caller gets an answer, from the arrival of the request.</summary>
    public required TimeSpan Budget { get; init; }

    /// <summary>A consolidated quote at most this old is served without asking; zero means that the providers are asked now.</summary>
    public required TimeSpan MaxAge { get; init; }

    public required ProviderSelection Providers { get; init; }

    /// <summary>The number of providers on whose agreement the caller is answered, whatever the others say later; <see langword="null"/> to
    /// wait for all.</summary>
    public int? Agree { get; init; }

    /// <summary>A quote of a lower confidence is answered with a problem that carries it; 0 accepts every quote.</summary>
    public double MinConfidence { get; init; }

    /// <summary>The unit into which prices are converted; <see langword="null"/> for the instrument's own currency.</summary>
    public QuoteUnit? Currency { get; init; }

    /// <summary>The orchestration instance whose quote the caller comes back for; <see langword="null"/> for a new request.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Requests with the same key share an orchestration in flight.</summary>
    public FlightKey FlightKey => new(Symbol, Providers, Budget);

    /// <summary>True if a published quote may be the answer: a quote of all providers always, one on which some agreed if they were enough,
    /// and it is certain enough that waiting for the others is not worth while.</summary>
    public bool Accepts(PublishedQuote quote) =>
        quote.Agreeing is not { } agreeing
        || (agreeing >= Agree && (MinConfidence <= 0 || QuoteDocument.ReadConfidence(quote.Document) >= MinConfidence));

    /// <param name="symbol">The route's last segment, decoded.</param>
    /// <param name="query">The query, decoded.</param>
    /// <param name="catalogue">Reads the symbol.</param>
    /// <param name="defaultAgree">The <see cref="Agree"/> of a request that does not say.</param>
    /// <param name="faults">Every rule that the request breaks.</param>
    public static bool TryParse(
        string? symbol,
        NameValueCollection query,
        InstrumentCatalogue catalogue,
        int? defaultAgree,
        [NotNullWhen(true)] out QuoteRequest? request,
        out IReadOnlyList<InvalidParameter> faults
    )
    {
        var parameters = new QueryParameters(query);
        var parsed = parameters.Symbol("symbol", symbol, catalogue);
        if (parameters.Find("instance") is { } instance)
        {
            return TryParseInstance(parameters, parsed, instance, out request, out faults);
        }

        parameters.AllowOnly(BudgetName, "maxAge", "providers", "agree", "minConfidence", CurrencyName, "instance");
        var asked = Read(parameters, defaultAgree) with { Symbol = parsed };
        faults = parameters.Faults;
        request = faults.Count > 0 ? null : asked;
        return request is not null;
    }

    /// <summary>Reads what a caller of <c>GET quotes</c> asks for.</summary>
    /// <param name="query">The query, decoded.</param>
    /// <param name="catalogue">Reads the symbols.</param>
    /// <param name="defaultAgree">The <see cref="Agree"/> of a request that does not say.</param>
    /// <param name="items">One for each symbol in the order asked, each once.</param>
    /// <param name="faults">Every rule that the request breaks; a symbol that breaks one is an item of its own.</param>
    public static bool TryParseMany(
        NameValueCollection query,
        InstrumentCatalogue catalogue,
        int? defaultAgree,
        out IReadOnlyList<QuoteListItem> items,
        out IReadOnlyList<InvalidParameter> faults
    )
    {
        const string Name = "symbols";
        var parameters = new QueryParameters(query);
        parameters.AllowOnly(Name, BudgetName, "maxAge", "providers", "agree", "minConfidence", CurrencyName);
        var asked = Read(parameters, defaultAgree);
        var texts = (parameters.Find(Name) ?? "").Split(',', StringSplitOptions.TrimEntries);
        if (texts.Length > MaxSymbols || texts.Contains(""))
        {
            parameters.Refuse(Name, parameters.Find(Name), $"must be 1 to {MaxSymbols} symbols, separated by commas");
        }

        items = [.. texts.Select(text => QuoteListItem.Read(text, asked, catalogue)).DistinctBy(item => item.Name)];
        faults = parameters.Faults;
        return faults.Count == 0;
    }

    /// <summary>Reads all parameters except the symbol.</summary>
    private static QuoteRequest Read(QueryParameters parameters, int? defaultAgree) =>
        new()
        {
            Symbol = default,
            Budget = ReadBudget(parameters),
            MaxAge = TimeSpan.FromSeconds(parameters.WholeNumber("maxAge", 0, MaxMaxAgeSeconds, DefaultMaxAgeSeconds, "seconds")),
            Providers = ReadProviders(parameters),
            Agree = ReadAgree(parameters, defaultAgree),
            MinConfidence = parameters.Fraction("minConfidence", otherwise: 0),
            Currency = ReadCurrency(parameters),
        };

    /// <summary>A request for the quote of an instance takes no other parameter but the currency, and the budget in which its rate is
    /// found: the instance was started with its own.</summary>
    private static bool TryParseInstance(
        QueryParameters parameters,
        Symbol symbol,
        string instance,
        [NotNullWhen(true)] out QuoteRequest? request,
        out IReadOnlyList<InvalidParameter> faults
    )
    {
        parameters.AllowOnly("instance", CurrencyName, BudgetName);
        var (currency, budget) = (ReadCurrency(parameters), ReadBudget(parameters));
        if (instance.Length != InstanceLength || !Guid.TryParseExact(instance, "N", out _)) // which would allow white space around it
        {
            parameters.Refuse(
                "instance",
                instance,
                "must be the id of an orchestration, 32 hexadecimal digits, as in the Location of a 202"
            );
        }

        faults = parameters.Faults;
        request =
            faults.Count > 0
                ? null
                : new QuoteRequest
                {
                    Symbol = symbol,
                    Budget = budget,
                    MaxAge = TimeSpan.FromSeconds(DefaultMaxAgeSeconds),
                    Providers = ProviderSelection.All,
                    Currency = currency,
                    InstanceId = instance,
                };
        return request is not null;
    }

    private static TimeSpan ReadBudget(QueryParameters parameters) =>
        TimeSpan.FromMilliseconds(parameters.WholeNumber(BudgetName, MinBudgetMs, MaxBudgetMs, DefaultBudgetMs, "milliseconds"));

    private static QuoteUnit? ReadCurrency(QueryParameters parameters)
    {
        if (parameters.Find(CurrencyName) is not { } text)
        {
            return null;
        }

        if (text.All(char.IsAsciiLetter) && QuoteUnit.TryParse(text) is { } unit) // which would allow white space around it
        {
            return
                QuoteUnit.TryParse(text.ToUpperInvariant()) is { } usual
                && (usual.Currency, usual.PerMajor) == (unit.Currency, unit.PerMajor)
                ? usual
                : unit; // GBp is not GBP
        }

        parameters.Refuse(
            CurrencyName,
            text,
            "must be an active ISO 4217 code, such as EUR, or a minor unit: GBX, ZAC, ILA or KWF; in capitals where another case may mean either, as gbp"
        );
        return null;
    }

    private static int? ReadAgree(QueryParameters parameters, int? otherwise)
    {
        if (parameters.Find(AgreeName) is not { } text)
        {
            return otherwise;
        }

        if (text == AgreeAll)
        {
            return null;
        }

        if (QueryParameters.TryReadDigits(text, out var number) && number is >= Agreement.MinProviders and <= Agreement.MaxProviders)
        {
            return number;
        }

        parameters.Refuse(
            AgreeName,
            text,
            $"must be a whole number of providers from {Agreement.MinProviders} to {Agreement.MaxProviders}, or '{AgreeAll}'"
        );
        return otherwise;
    }

    private static ProviderSelection ReadProviders(QueryParameters parameters)
    {
        const string Name = "providers";
        if (parameters.Find(Name) is not { } text)
        {
            return ProviderSelection.All;
        }

        var selection = ProviderSelection.None;
        foreach (var range in text.AsSpan().Split(','))
        {
            var name = text.AsSpan()[range].Trim().ToString();
            if (!ProviderId.TryParse(name, out var provider))
            {
                parameters.Refuse(Name, name, $"must be a comma-separated list of {string.Join(", ", ProviderId.All)}");
                break;
            }

            if (selection.Contains(provider))
            {
                parameters.Refuse(Name, name, "must name each provider once");
                break;
            }

            selection = selection.With(provider);
        }

        return selection;
    }
}
