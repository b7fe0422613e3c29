using System.Net;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.StandaloneHost.Tests.Worker.App;

/// <summary>HTTP functions of every shape.</summary>
public sealed class HttpFunctions(Signals signals)
{
    [Function("ShowItem")]
    public static async Task<HttpResponseData> ShowItem(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "items/{id:int}")] HttpRequestData request,
        int id
    )
    {
        var response = request.CreateResponse();
        await response.WriteAsJsonAsync(new Item(id, request.Query["name"]));
        return response;
    }

    [Function("ShowNamed")]
    public static HttpResponseData ShowNamed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "GET", Route = "items/{name}")] HttpRequestData request,
        string name,
        FunctionContext context
    )
    {
        var response = request.CreateResponse();
        response.WriteString($"{name} {context.BindingContext.BindingData["name"]} {context.FunctionDefinition.Name}");
        return response;
    }

    [Function("ShowSpecial")]
    public static HttpResponseData ShowSpecial(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/special")] HttpRequestData request
    )
    {
        var response = request.CreateResponse(HttpStatusCode.OK);
        response.WriteString("special");
        return response;
    }

    [Function("AddItem")]
    public static async Task<HttpResponseData> AddItem(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "put", Route = "items")] HttpRequestData request,
        CancellationToken cancellationToken
    )
    {
        var item = await request.ReadFromJsonAsync<Item>(cancellationToken);
        var response = request.CreateResponse(HttpStatusCode.Created);
        response.Headers.Add("Location", $"/api/items/{item?.Id}");
        await response.WriteAsJsonAsync(item, cancellationToken);
        return response;
    }

    [Function("PlainNumber")]
    public static HttpResponseData PlainNumber(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "numbers/{number}/{unit?}")] HttpRequestData request,
        long number,
        Guid? unit
    )
    {
        var response = request.CreateResponse();
        response.WriteString($"{number} {unit?.ToString() ?? "none"}");
        return response;
    }

    [Function("ShowDay")]
    public static HttpResponseData ShowDay(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "days/{day}/{date?}")] HttpRequestData request,
        DayOfWeek day,
        DateOnly? date
    )
    {
        var response = request.CreateResponse();
        response.WriteString($"{day} {date?.ToString("O") ?? "none"}");
        return response;
    }

    [Function("ShowStatus")]
    public static HttpResponseData ShowStatus(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "statuses/{status:int}")] HttpRequestData request,
        int status
    )
    {
        var response = request.CreateResponse((HttpStatusCode)status);
        response.Headers.Add("X-Status", "set");
        return response;
    }

    [Function("Files")]
    public static HttpResponseData Files(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "files/{*path}")] HttpRequestData request,
        string path
    )
    {
        var response = request.CreateResponse();
        response.WriteString(path);
        return response;
    }

    [Function("Echo")]
    public static async Task<HttpResponseData> Echo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "echo")] HttpRequestData request
    )
    {
        var response = request.CreateResponse();
        response.Headers.Add("X-Length", request.Body.Length.ToString());
        response.Headers.Add("X-Url", request.Url.AbsoluteUri);
        response.Headers.Add("X-Agent", request.Headers.TryGetValues("User-Agent", out var agent) ? string.Join(",", agent) : "none");
        response.Headers.Add("X-Cookies", string.Join(";", request.Cookies.Select(cookie => $"{cookie.Name}:{cookie.Value}")));
        response.Cookies.Append(
            new HttpCookie("seen", "a b")
            {
                HttpOnly = true,
                SameSite = SameSite.Lax,
                MaxAge = 60,
                Path = "/",
            }
        );
        await request.Body.CopyToAsync(response.Body);
        return response;
    }

    [Function("Stream")]
    public static HttpResponseData Stream(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stream/{kind}")] HttpRequestData request,
        string kind
    )
    {
        var response = request.CreateResponse();
        var bytes = Encoding.UTF8.GetBytes(new string('x', 100_000));
        response.Body = kind switch
        {
            "seekable" => new MemoryStream(bytes) { Position = 5 },
            "broken" => new Broken(bytes),
            _ => new ForwardOnly(bytes),
        };
        return response;
    }

    [Function("Nothing")]
    public static void Nothing(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "items/{id:int}")] HttpRequestData request,
        int id
    ) => ArgumentOutOfRangeException.ThrowIfNegative(id);

    [Function("NotModified")]
    public static HttpResponseData NotModified(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "unchanged")] HttpRequestData request
    )
    {
        var response = request.CreateResponse(HttpStatusCode.NotModified);
        response.Headers.Add("ETag", "\"1\"");
        response.WriteString("ignored");
        return response;
    }

    [Function("Head")]
    public static HttpResponseData Head([HttpTrigger(AuthorizationLevel.Anonymous, "head", Route = "headed")] HttpRequestData request)
    {
        var response = request.CreateResponse();
        response.WriteString("twelve bytes");
        return response;
    }

    [Function("Fail")]
    public static Task<HttpResponseData> Fail([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "fail")] HttpRequestData request) =>
        throw new InvalidOperationException($"secret of {request.Url.Host}");

    [Function("FailLate")]
    public static HttpResponseData FailLate([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "faillate")] HttpRequestData request)
    {
        var response = request.CreateResponse();
        response.Headers.TryAddWithoutValidation("X-Broken", "line\nbreak");
        response.WriteString("never sent");
        return response;
    }

    [Function("Admin")]
    public static HttpResponseData Admin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "admin-only")] HttpRequestData request) =>
        request.CreateResponse();

    [Function("Caller")]
    public static HttpResponseData Caller([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "caller")] HttpRequestData request)
    {
        var response = request.CreateResponse();
        response.WriteString(string.Join(';', request.Identities.SelectMany(identity => identity.Claims)));
        return response;
    }

    [Function("Trace")]
    public static HttpResponseData Trace([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trace")] HttpRequestData request)
    {
        var response = request.CreateResponse();
        response.WriteString(request.FunctionContext.TraceContext.TraceParent);
        return response;
    }

    /// <summary>Reports that it runs, and then waits for the client to leave or for permission to end.</summary>
    [Function("Wait")]
    public async Task<HttpResponseData> Wait(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "wait")] HttpRequestData request,
        CancellationToken cancellationToken
    )
    {
        signals.Entered.TrySetResult();
        try
        {
            await signals.Release.Task.WaitAsync(cancellationToken);
            return request.CreateResponse();
        }
        catch (OperationCanceledException)
        {
            signals.Cancelled.TrySetResult();
            throw;
        }
    }

    private class ForwardOnly(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    /// <summary>Ends in an error after its last byte.</summary>
    private sealed class Broken(byte[] bytes) : ForwardOnly(bytes)
    {
        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            await base.CopyToAsync(destination, bufferSize, cancellationToken);
            throw new IOException("the source broke");
        }
    }
}

public sealed record Item(int Id, string? Name);

/// <summary>The signals between the waiting function and its test.</summary>
public sealed class Signals
{
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
