using Microsoft.AspNetCore.Http;
using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>A fleet whose Finnhub is a stand-in.</summary>
internal static class FinnhubFleet
{
    public static readonly string Quote = Successes.Of(ProviderId.Finnhub);

    public static FleetUnderTest Fleet(HttpStandIn server, TimeProvider? time = null, params (string Name, string? Value)[] settings) =>
        new(time, [("Finnhub:BaseAddress", server.Address), ("Finnhub:ApiKey", "key"), .. settings]);

    public static async Task HangAsync(HttpContext context, TaskCompletionSource aborted)
    {
        await using var registration = context.RequestAborted.Register(() => aborted.TrySetResult());
        await aborted.Task;
    }
}
