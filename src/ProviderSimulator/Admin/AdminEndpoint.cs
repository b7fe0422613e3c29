using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Quorum.ProviderSimulator;

/// <summary>
/// Serves the controls and readings of the simulation as JSON under <c>/admin</c>. README.md beside the project lists them.
/// </summary>
internal sealed class AdminEndpoint(Simulation simulation)
{
    private readonly AdminOrders _orders = new(simulation);
    private readonly AdminReadings _readings = new(simulation);

    /// <param name="path">The path without the prefix: <c>/faults</c>.</param>
    public async Task HandleAsync(HttpContext context, string path)
    {
        try
        {
            await RouteAsync(context, path.TrimEnd('/'));
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(context, new AdminError(wrong.Message), AdminJson.Default.AdminError);
        }
    }

    private async Task RouteAsync(HttpContext context, string path)
    {
        switch (context.Request.Method, path)
        {
            case ("GET", ""):
                await WriteAsync(context, _readings.State(), AdminJson.Default.SimulatorState);
                break;
            case ("GET", "/calls"):
                await WriteAsync(context, _readings.Calls(context.Request), AdminJson.Default.CallPage);
                break;
            case ("DELETE", "/calls"):
                simulation.Calls.Clear();
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("GET", "/lap"):
                var (calls, longest, span) = simulation.Lap.ReadAndReset();
                await WriteAsync(context, new LapReading(calls, longest, span), AdminJson.Default.LapReading);
                break;
            case ("GET", "/shapes"):
                await WriteAsync(context, _readings.Shapes(), AdminJson.Default.DictionaryStringListShapeLine);
                break;
            case ("GET", "/instruments"):
                await WriteAsync(context, _readings.Instruments(), AdminJson.Default.ListInstrumentLine);
                break;
            case ("GET", "/faults"):
                await WriteAsync(context, simulation.Faults.All, AdminJson.Default.IReadOnlyListFault);
                break;
            case ("POST", "/faults"):
                _orders.AddFaults(await ReadAsync(context, AdminJson.Default.JsonElement));
                await WriteAsync(context, simulation.Faults.All, AdminJson.Default.IReadOnlyListFault);
                break;
            case ("DELETE", "/faults"):
                _orders.RemoveFaults(context.Request.Find("provider"));
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("DELETE", _)
                when path.StartsWith("/faults/", StringComparison.Ordinal) && int.TryParse(path.AsSpan("/faults/".Length), out var id):
                context.Response.StatusCode =
                    simulation.Faults.Remove(fault => fault.Id == id) > 0 ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
                break;
            case ("GET", "/latency"):
                await WriteAsync(context, _readings.Latency(), AdminJson.Default.LatencyState);
                break;
            case ("POST", "/latency"):
                _orders.SetLatency(await ReadAsync(context, AdminJson.Default.LatencyOrder));
                await WriteAsync(context, _readings.Latency(), AdminJson.Default.LatencyState);
                break;
            case ("GET", "/quotas"):
                await WriteAsync(context, _readings.Quotas(), AdminJson.Default.QuotaState);
                break;
            case ("POST", "/quotas"):
                _orders.SetQuotas(await ReadAsync(context, AdminJson.Default.QuotaOrder));
                await WriteAsync(context, _readings.Quotas(), AdminJson.Default.QuotaState);
                break;
            case ("DELETE", "/quotas"):
                simulation.Quotas.RestoreLimits();
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("POST", "/keys"):
                _orders.AddKey(await ReadAsync(context, AdminJson.Default.KeyOrder));
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("POST", "/clock"):
                _orders.MoveClock(await ReadAsync(context, AdminJson.Default.ClockOrder));
                await WriteAsync(context, _readings.State(), AdminJson.Default.SimulatorState);
                break;
            case ("POST", "/reset"):
                simulation.Reset();
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                await WriteAsync(
                    context,
                    new AdminError($"{context.Request.Method} /admin{path} does not exist."),
                    AdminJson.Default.AdminError
                );
                break;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
        ?? throw new FormatException("The body must be JSON.");

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = Reply.Json;
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }
}
