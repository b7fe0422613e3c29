using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Quorum.Sharing;

/// <summary>Reads the simulator's counters of calls and refusals.</summary>
internal sealed class SimulatorClient(string address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(address + "/") };

    public async Task<IReadOnlyDictionary<string, Calls>> CallsAsync()
    {
        var state = await _http.GetFromJsonAsync<JsonObject>(new Uri("admin", UriKind.Relative));
        return state!["providers"]!
            .AsObject()
            .ToDictionary(provider => provider.Key, provider => CallsOf(provider.Value!), StringComparer.Ordinal);
    }

    public void Dispose() => _http.Dispose();

    private static Calls CallsOf(JsonNode provider)
    {
        return new Calls((long)provider["calls"]!, Outcome("ok"), Outcome("rate-limited") + Outcome("quota-exhausted"));

        long Outcome(string name) => (long?)provider["outcomes"]?[name] ?? 0;
    }
}

/// <param name="All">Requests received.</param>
/// <param name="Good">Requests answered with at least one quote.</param>
/// <param name="Refused">Requests refused for a limit of a second, a minute or a day.</param>
internal sealed record Calls(long All, long Good, long Refused);
