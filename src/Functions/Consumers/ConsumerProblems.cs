using System.Net;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Consumers;

internal static class ConsumerProblems
{
    public static Problem KeyRequired(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:consumer-key-required",
            Title = "Consumer key required",
            Status = HttpStatusCode.Unauthorized,
            Detail = $"The request must have a consumer's key in the header {ConsumerKey.Header}, or the master key.",
            TraceId = traceId,
        };

    public static Problem UnknownKey(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-consumer-key",
            Title = "Unknown consumer key",
            Status = HttpStatusCode.Unauthorized,
            Detail = $"The key in the header {ConsumerKey.Header} must be one that was created and not revoked.",
            TraceId = traceId,
        };

    public static Problem LimitUsedUp(string consumer, UsedUpLimit limit, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:consumer-limit",
            Title = "Consumer limit",
            Status = HttpStatusCode.TooManyRequests,
            Detail =
                $"{(consumer.Length > 0 ? $"Consumer '{consumer}'" : "Callers without a consumer's key")} may cause {limit.Limit}, and they are used up.",
            TraceId = traceId,
            RetryAfterSeconds = (int)Math.Max(1, Math.Ceiling(limit.RetryAfter.TotalSeconds)),
        };

    public static Problem ProviderNotAllowed(Caller caller, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:provider-not-allowed",
            Title = "Provider not allowed",
            Status = HttpStatusCode.Forbidden,
            Detail = $"Consumer '{caller.Owner}' may ask only {caller.Providers}.",
            TraceId = traceId,
        };

    public static Problem MasterKeyRequired(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:master-key-required",
            Title = "Master key required",
            Status = HttpStatusCode.Forbidden,
            Detail = "The answer concerns all consumers: the request must have the master key instead of a consumer's key.",
            TraceId = traceId,
        };

    public static Problem Exists(string name, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:consumer-exists",
            Title = "Consumer exists",
            Status = HttpStatusCode.Conflict,
            Detail = $"A consumer '{name}' exists. Revoke its key first (DELETE), or choose another name.",
            TraceId = traceId,
        };

    public static Problem Full(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:consumers-full",
            Title = "Too many consumers",
            Status = HttpStatusCode.Conflict,
            Detail = $"There must be at most {ConsumerStore.MaxConsumers} consumers. Revoke one first (DELETE).",
            TraceId = traceId,
        };

    public static Problem NotFound(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-consumer",
            Title = "Unknown consumer",
            Status = HttpStatusCode.NotFound,
            Detail = "There is no consumer of this name.",
            TraceId = traceId,
        };
}
