using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Quorum.StandaloneHost.Hosting.Http;
using Quorum.StandaloneHost.Hosting.Queues;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>The data of a trigger beside its main value.</summary>
internal sealed class TriggerData : BindingContext
{
    private static readonly TriggerData Nothing = new([]);

    private TriggerData(Dictionary<string, object?> data)
    {
        BindingData = data;
    }

    public override IReadOnlyDictionary<string, object?> BindingData { get; }

    public static TriggerData Of(Invocation invocation) =>
        invocation switch
        {
            { Request: { } request } => new TriggerData(Collect(request)),
            { Activity: { } activity } => new TriggerData(new(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = activity.InstanceId }),
            { Message: { } message } => new TriggerData(Collect(message)),
            _ => Nothing,
        };

    private static Dictionary<string, object?> Collect(QueueDelivery delivery)
    {
        var message = delivery.Message;
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Id"] = message.MessageId,
            ["PopReceipt"] = message.PopReceipt,
            ["DequeueCount"] = message.DequeueCount.ToString(),
            ["InsertionTime"] = JsonSerializer.Serialize(message.InsertedOn),
            ["ExpirationTime"] = JsonSerializer.Serialize(message.ExpiresOn),
            ["NextVisibleTime"] = JsonSerializer.Serialize(message.NextVisibleOn),
        };
        if (delivery.TryGetText() is { } text)
        {
            data["QueueTrigger"] = text;
        }

        return data;
    }

    private static Dictionary<string, object?> Collect(IncomingRequest request)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in request.RouteValues)
        {
            data[name] = value;
        }

        foreach (var name in request.Query.AllKeys)
        {
            if (name is not null)
            {
                data.TryAdd(name, request.Query[name]);
            }
        }

        return data;
    }
}
