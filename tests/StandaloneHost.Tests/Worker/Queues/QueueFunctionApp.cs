using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Queues;

/// <summary>Functions that read and write queues; <c>%Prefix%</c> keeps the queues of one test apart.</summary>
public sealed class QueueFunctionApp(Deliveries deliveries)
{
    [Function("Text")]
    public void Text([QueueTrigger("%Prefix%-text")] string text, FunctionContext context) => deliveries.Add("text", text, context);

    [Function("Bytes")]
    public void Bytes([QueueTrigger("%Prefix%-bytes")] byte[] bytes, FunctionContext context) =>
        deliveries.Add("bytes", Convert.ToHexString(bytes), context);

    [Function("Data")]
    public void Data([QueueTrigger("%Prefix%-data")] BinaryData data, FunctionContext context) =>
        deliveries.Add("data", data.ToString(), context);

    [Function("Json")]
    public async Task Json(
        [QueueTrigger("%Prefix%-JSON", Connection = "Storage")] Item item,
        FunctionContext context,
        CancellationToken cancellationToken
    )
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        deliveries.Add("json", $"{item.Id} {item.Name}", context);
    }

    [Function("Accept")]
    public static async Task<Accepted> Accept([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "accept")] HttpRequestData request)
    {
        var text = await request.ReadAsStringAsync();
        return new Accepted { Answer = request.CreateResponse(HttpStatusCode.Accepted), Text = string.IsNullOrEmpty(text) ? null : text };
    }

    [Function("Forward")]
    [QueueOutput("%Prefix%-json")]
    public static List<Item>? Forward(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "forward/{count:int}")] HttpRequestData request,
        int count
    ) => count < 0 ? null : [.. Enumerable.Range(0, count).Select(n => new Item(n, $"<{n}>"))];

    [Function("Relay")]
    [QueueOutput("%Prefix%-text")]
    public static string[] Relay([QueueTrigger("%Prefix%-relay")] string text) => text.Split(',');

    public sealed class Accepted
    {
        [HttpResult]
        public required HttpResponseData Answer { get; init; }

        [QueueOutput("%Prefix%-text")]
        public string? Text { get; init; }
    }
}

/// <summary>The messages that reached the functions.</summary>
public sealed class Deliveries
{
    private readonly Channel<Delivery> _all = Channel.CreateUnbounded<Delivery>();

    public ChannelReader<Delivery> All => _all.Reader;

    public void Add(string function, string value, FunctionContext context) =>
        _all.Writer.TryWrite(new Delivery(function, value, context.BindingContext.BindingData));
}

public sealed record Delivery(string Function, string Value, IReadOnlyDictionary<string, object?> Data)
{
    // A JSON string, as from the package.
    public DateTimeOffset Time(string name) => JsonSerializer.Deserialize<DateTimeOffset>((string)Data[name]!);
}
