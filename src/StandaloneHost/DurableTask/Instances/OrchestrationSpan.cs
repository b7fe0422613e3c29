using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.DurableTask.Instances;

/// <summary>
/// The one span of an orchestration, from its start to its durable end, whichever processes it goes through. Its id follows from the
/// instance, so that the spans of its activities have the same parent before and after a takeover, and only the process that ends the
/// instance hands the span to the exporters. Costs nothing while nobody listens.
/// </summary>
internal static class OrchestrationSpan
{
    /// <summary>The span, begun; <see langword="null"/> when nobody wants it.</summary>
    /// <param name="name">The orchestrator's.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="createdAt">When the instance was created, by its row.</param>
    /// <param name="traceParent">W3C, of who started it.</param>
    public static Activity? Begin(string name, string instanceId, DateTimeOffset createdAt, string? traceParent)
    {
        if (!StandaloneTelemetry.Source.HasListeners() || !ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var parent))
        {
            return null;
        }

        if (StandaloneTelemetry.Source.CreateActivity($"orchestration:{name}", ActivityKind.Server, parent) is not { } span)
        {
            return null;
        }

        if (span.IsAllDataRequested)
        {
            span.SetTag("durabletask.type", "orchestration");
            span.SetTag("durabletask.task.name", name);
            span.SetTag("durabletask.task.instance_id", instanceId);
        }

        var outer = Activity.Current;
        span.SetStartTime(createdAt.UtcDateTime);
        span.Start();
        Activity.Current = outer; // it is current only while the orchestrator's code runs
        SpanIdOf(span) = IdFor(instanceId, createdAt);
        IdOf(span) = null; // made from the span id when it is asked for
        return span;
    }

    /// <summary>Hands the span over: its orchestration has ended.</summary>
    public static void End(Activity span, DateTimeOffset at, string status, string? errorType)
    {
        span.SetTag("durabletask.task.status", status);
        if (errorType is not null)
        {
            span.SetTag("error.type", errorType);
            span.SetStatus(ActivityStatusCode.Error, errorType);
        }

        var outer = Activity.Current;
        var end = at.UtcDateTime;
        span.SetEndTime(end > span.StartTimeUtc ? end : span.StartTimeUtc.AddTicks(1));
        span.Stop();
        Activity.Current = outer;
    }

    // PostgreSQL keeps microseconds: what a process knows of its own new instance must give the same as what another reads.
    private static string IdFor(string instanceId, DateTimeOffset createdAt)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{instanceId}\n{createdAt.UtcTicks / TimeSpan.TicksPerMicrosecond}"));
        hash[0] |= 1; // an id of zeros only is none
        return Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }

    // As the packages do: a span cannot be given its id otherwise.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanIdOf(Activity span);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_id")]
    private static extern ref string? IdOf(Activity span);
}
