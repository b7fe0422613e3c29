using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Middleware;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task Middleware_runs_around_every_function_in_the_order_in_which_it_was_added()
    {
        await using var app = await RunningApp.StartAsync(
            typeof(Greetings),
            builder =>
            {
                builder.UseMiddleware<Outer>();
                builder.UseMiddleware(
                    async (context, next) =>
                    {
                        ((List<string>)context.Items["order"]).Add("inner before");
                        await next();
                        ((List<string>)context.Items["order"]).Add("inner after");
                    }
                );
            }
        );
        using var response = await app.Client.GetAsync("api/hello?name=Ada");
        Assert.Equal("hello Ada", await response.Content.ReadAsStringAsync());
        Assert.Equal("outer before, inner before, function, inner after", response.Headers.GetValues("X-Order").Single());
        Assert.Equal("Ada", response.Headers.GetValues("X-Name").Single());
    }

    [Fact]
    public async Task Middleware_can_answer_instead_of_the_function()
    {
        await using var app = await RunningApp.StartAsync(
            typeof(Greetings),
            builder =>
                builder.UseMiddleware(
                    async (context, _) =>
                    {
                        var request = await context.GetHttpRequestDataAsync();
                        var response = request!.CreateResponse(HttpStatusCode.ServiceUnavailable); // there is one: the function has an HTTP trigger
                        await response.WriteStringAsync("closed");
                        context.GetInvocationResult().Value = response;
                    }
                )
        );
        using var response = await app.Client.GetAsync("api/hello");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("closed", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Middleware_can_be_for_some_invocations_only()
    {
        await using var app = await RunningApp.StartAsync(
            typeof(Greetings),
            builder =>
                builder.UseWhen(
                    context => context.FunctionDefinition.Name == "Other",
                    (_, _) => throw new InvalidOperationException("not for this one")
                )
        );
        Assert.Equal("hello ", await app.Client.GetStringAsync("api/hello"));
        using var other = await app.Client.GetAsync("api/other");
        Assert.Equal(HttpStatusCode.InternalServerError, other.StatusCode);
    }

    [Fact]
    public async Task Services_of_an_invocation_live_as_long_as_it_and_are_its_own()
    {
        await using var app = await RunningApp.StartAsync(
            typeof(Scoped),
            builder =>
            {
                builder.Services.AddScoped<Scoped.Part>();
                builder.Services.AddSingleton<Scoped.Closed>();
            }
        );
        var first = await app.Client.GetStringAsync("api/scoped");
        var second = await app.Client.GetStringAsync("api/scoped");
        Assert.EndsWith("same", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        await app.Host.StopAsync();
        Assert.Equal(2, app.Host.Services.GetRequiredService<Scoped.Closed>().Count);
    }

    [Fact]
    public async Task Log_lines_of_a_function_carry_its_name_and_invocation()
    {
        await using var app = await RunningApp.StartAsync(typeof(Greetings));
        (await app.Client.GetAsync("api/other")).Dispose();
        var entry = Assert.Single(app.Logs.Collector.GetSnapshot(), entry => entry.Message == "other ran");
        var scopes = string.Join(" | ", entry.Scopes);
        Assert.Contains("AzureFunctions_FunctionName=Other", scopes, StringComparison.Ordinal);
        Assert.Matches("AzureFunctions_InvocationId=[0-9a-f-]{36}", scopes);
    }

    public sealed class Greetings
    {
        [Function("Hello")]
        public static HttpResponseData Hello(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequestData request,
            FunctionContext context
        )
        {
            (context.Items.TryGetValue("order", out var order) ? (List<string>)order : []).Add("function");
            var response = request.CreateResponse();
            response.WriteString($"hello {request.Query["name"]}");
            return response;
        }

        [Function("Other")]
        public static HttpResponseData Other(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "other")] HttpRequestData request,
            FunctionContext context
        )
        {
            Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(context.GetLogger("Other"), "other ran");
            return request.CreateResponse();
        }
    }

    public sealed class Scoped(Scoped.Part part)
    {
        [Function("Scoped")]
        public HttpResponseData Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scoped")] HttpRequestData request)
        {
            var response = request.CreateResponse();
            var again = request.FunctionContext.InstanceServices.GetRequiredService<Part>();
            response.WriteString($"{part.Id} {(ReferenceEquals(part, again) ? "same" : "different")}");
            return response;
        }

        public sealed class Part(Closed closed) : IDisposable
        {
            public Guid Id { get; } = Guid.NewGuid();

            public void Dispose() => closed.Add();
        }

        public sealed class Closed
        {
            private int _count;

            public int Count => _count;

            public void Add() => Interlocked.Increment(ref _count);
        }
    }

    private sealed class Outer : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            var order = new List<string> { "outer before" };
            context.Items["order"] = order;
            await next(context);
            var response = context.GetHttpResponseData();
            response?.Headers.Add("X-Order", string.Join(", ", order));
            response?.Headers.Add("X-Name", context.BindingContext.BindingData["name"]?.ToString());
        }
    }
}
