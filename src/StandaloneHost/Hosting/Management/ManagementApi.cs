using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Quorum.Shared.Postgres;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>The HTTP API of Durable Functions, for people and tools to see and steer instances.
/// Paths, parameters, statuses and JSON: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api</summary>
internal sealed class ManagementApi(HubDurableTaskClient client, TaskRegistry registry, TimeProvider time)
{
    public const string Root = "/runtime/webhooks/durabletask";
    private readonly InstanceViews _views = new(client);
    private readonly InstanceSteering _steering = new(client, time);
    private readonly OrchestrationStarts _starts = new(client, registry, time);

    public static string InstanceAddress(Uri request, string instanceId) =>
        $"{request.GetLeftPart(UriPartial.Authority)}{Root}/instances/{Uri.EscapeDataString(instanceId)}";

    public async Task AnswerAsync(IncomingRequest request, RequestAuthorization authorization)
    {
        if (authorization.Refuse(request, AuthorizationLevel.System) is { } refusal)
        {
            await Answer.SendAsync(request, refusal);
            return;
        }

        try
        {
            await RouteAsync(request);
        }
        catch (PostgresException fault) when (fault.IsAboutData())
        {
            // PostgreSQL rejects such text (mainly U+0000), so no instance id contains it.
            await ManagementAnswers.RefuseAsync(request, "The request has characters that cannot be stored.");
        }
    }

    private Task RouteAsync(IncomingRequest request)
    {
        var path = request.Path[Root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < path.Length; i++)
        {
            path[i] = path[i].Replace("%2F", "/", StringComparison.OrdinalIgnoreCase); // the only escape that the server does not decode
        }

        var query = new ManagementQuery(request.Query);
        return (request.Method, path) switch
        {
            ("GET", [var section]) when Is(section, "instances") => _views.ListAsync(request, query),
            ("DELETE", [var section]) when Is(section, "instances") => _steering.PurgeAsync(request, query),
            ("GET", [var section, var id]) when Is(section, "instances") => _views.ShowAsync(request, query, id),
            ("DELETE", [var section, var id]) when Is(section, "instances") => _steering.PurgeAsync(request, id),
            ("POST", [var section, var id, var verb]) when Is(section, "instances") && Is(verb, "rewind") => _steering.RewindAsync(
                request,
                query,
                id
            ),
            ("POST", [var section, var id, var verb]) when Is(section, "instances") && _steering.Find(verb, query) is { } act =>
                _steering.SteerAsync(request, id, act),
            ("POST", [var section, var id, var verb, var name]) when Is(section, "instances") && Is(verb, "raiseEvent") =>
                _steering.RaiseEventAsync(request, id, name),
            ("POST", [var section, var name, .. { Length: <= 1 } id]) when Is(section, "orchestrators") => _starts.StartAsync(
                request,
                query,
                name,
                id is [var instanceId] ? instanceId : null
            ),
            _ => Answer.SendAsync(request, Problem.NotFound),
        };

        static bool Is(string part, string word) => part.Equals(word, StringComparison.OrdinalIgnoreCase);
    }
}
