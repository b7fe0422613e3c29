using System.Text.Json.Nodes;

namespace Quorum.Functions.OpenApi;

/// <summary>The description of one function for its callers, in the OpenAPI document; stands beside the function. Path and method are the
/// trigger's own.</summary>
/// <param name="Function">The name of the function.</param>
/// <param name="Id">The name of its method in generated clients.</param>
/// <param name="Summary">One line.</param>
internal sealed record ApiOperation(string Function, string Id, ApiTag Tag, string Summary)
{
    /// <summary>The description: all that a caller must know beyond the summary.</summary>
    public required string Description { get; init; }

    /// <summary>The parameters of path and query.</summary>
    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>The body of the request; <see langword="null"/> if it takes none.</summary>
    public ApiBody? Body { get; init; }

    /// <summary>The responses, other than problem documents.</summary>
    public required IReadOnlyList<ApiAnswer> Answers { get; init; }

    /// <summary>The problems that it answers with, by status; 401 is added where a key is asked for.</summary>
    public IReadOnlyList<(int Status, string Why)> Problems { get; init; } = [];
}

/// <summary>A group of operations.</summary>
internal sealed record ApiTag(string Name, string Description);

/// <param name="In"><c>path</c> or <c>query</c>.</param>
/// <param name="Example">The value that the form of the reference begins with if the parameter is required; else only shown.</param>
internal sealed record ApiParameter(string Name, string In, string Description, JsonObject Schema, JsonNode? Example = null)
{
    /// <summary>True if the parameter is required.</summary>
    public bool IsRequired { get; init; } = In == "path";

    public static ApiParameter Path(string name, string description, JsonObject schema, JsonNode? example = null) =>
        new(name, "path", description, schema, example);

    public static ApiParameter Query(string name, string description, JsonObject schema, JsonNode? example = null) =>
        new(name, "query", description, schema, example);

    public static ApiParameter Limit(int otherwise, int highest) =>
        Query("limit", "The largest number of items in the page.", Whole(1, highest, otherwise));

    public static ApiParameter Cursor { get; } =
        Query("cursor", "The 'next' of the page before, unchanged.", new JsonObject { ["type"] = "string" });

    public static ApiParameter Symbol { get; } =
        Path(
            "symbol",
            "A ticker with an optional ISO 10383 venue, in any case. Without a venue it is the US listing. An ISIN of the reference data is its home listing; vendors' spellings (VOD.L, VOD LN, SAP.XETRA) mean the listing at their venue, or are refused with the right spelling. A slash (EUR/USD, BRK/B) is written %2F in a path.",
            new JsonObject { ["type"] = "string" },
            "VOD:XLON"
        );

    /// <summary>The schema of a whole number within bounds.</summary>
    public static JsonObject Whole(int lowest, int highest, int otherwise) =>
        new()
        {
            ["type"] = "integer",
            ["minimum"] = lowest,
            ["maximum"] = highest,
            ["default"] = otherwise,
        };
}

/// <param name="Schema">Of its JSON.</param>
internal sealed record ApiBody(string Description, bool IsRequired, JsonObject Schema, JsonNode Example);

/// <param name="Body">The type whose JSON it is; <see langword="null"/> for none.</param>
/// <param name="Headers">Name and meaning of those that tell something.</param>
internal sealed record ApiAnswer(
    int Status,
    string Description,
    Type? Body = null,
    params IReadOnlyList<(string Name, string Meaning)> Headers
)
{
    private static readonly (string, string) EntityTag = (
        "ETag",
        "Of the content; give it as If-None-Match and get a 304 while it is the same."
    );

    /// <summary>A response 200 with an entity tag.</summary>
    public static ApiAnswer Tagged(string description, Type body) => new(200, description, body, EntityTag);

    /// <summary>The response 200 with an HTML page.</summary>
    public static ApiAnswer Page { get; } = new(200, "The page.", Headers: EntityTag) { IsPage = true };

    /// <summary>True if the body is HTML.</summary>
    public bool IsPage { get; private init; }

    /// <summary>The response 304.</summary>
    public static ApiAnswer NotModified { get; } = new(304, "What the caller holds already, by its entity tag.");
}
