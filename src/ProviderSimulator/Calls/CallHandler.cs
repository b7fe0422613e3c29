using System.Diagnostics;
using Microsoft.Extensions.ObjectPool;

namespace Quorum.ProviderSimulator;

/// <summary>Handles one call from arrival to delivery: faults, key, quota, latency, answer, delivery, log.</summary>
internal sealed class CallHandler(Simulation simulation, CancellationToken stopping)
{
    private readonly ObjectPool<Reply> _replies = new DefaultObjectPool<Reply>(
        new DefaultPooledObjectPolicy<Reply>(),
        maximumRetained: 256
    );

    /// <param name="path">The path without the provider's prefix.</param>
    public async Task HandleAsync(HttpContext context, IProviderWire wire, string path)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            // A client that opens its connections ahead of time; no faults apply.
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var arrived = Stopwatch.GetTimestamp();
        var cameAt = simulation.Clock.GetUtcNow();
        var call = new Call();
        if (HttpMethods.IsGet(context.Request.Method))
        {
            wire.Read(path, context.Request, call);
        }

        call.Faults = simulation.Faults.Next(wire.Provider, call.Symbols);
        if (call.Faults.Refused)
        {
            Delivery.Break(context);
            Log(wire, call, cameAt, arrived, status: 0, CallOutcome.Fault);
            return;
        }

        Admit(wire, call, cameAt);
        if (!await WaitAsync(context, wire, call))
        {
            Log(wire, call, cameAt, arrived, status: 0, CallOutcome.Fault);
            return;
        }

        call.Clock = simulation.Clock.GetUtcNow();
        var reply = _replies.Get();
        try
        {
            reply.Reset(call.Faults);
            Write(wire, call, reply);
            reply.Finish();
            Log(wire, call, cameAt, arrived, reply.Status, call.Faults.Name is null ? reply.Outcome : CallOutcome.Fault);
            await Delivery.SendAsync(context, reply, call.Faults, simulation.RealTime, stopping);
        }
        finally
        {
            _replies.Return(reply);
        }
    }

    private void Admit(IProviderWire wire, Call call, DateTimeOffset now)
    {
        call.Standing = simulation.Keys.Judge(wire.Provider, call.Key, call.Secret);
        call.Plan = call.Standing == KeyStanding.Good ? simulation.Plan : Plan.Free;
        call.Quota = call.Standing switch
        {
            _ when call.Form == CallForm.None => default,
            KeyStanding.Good or KeyStanding.Free or KeyStanding.Demo => simulation.Quotas.Take(
                wire.Provider,
                call.Plan,
                call.Key!,
                now,
                call.SymbolCount
            ), // these standings have a key
            KeyStanding.Exhausted => simulation.Quotas.Exhausted(wire.Provider, call.Plan, now),
            _ => default,
        };
    }

    /// <returns><see langword="false"/> if the call was never answered.</returns>
    private async ValueTask<bool> WaitAsync(HttpContext context, IProviderWire wire, Call call)
    {
        // Not cancelled when the caller disconnects: such waits are short, and registering a callback for each call costs more.
        var ms = (int)Math.Round(simulation.Latency.NextMs(wire.Provider));
        if (ms > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(ms), simulation.RealTime, CancellationToken.None);
        }

        if (!call.Faults.Hangs && call.Faults.HeaderDelayMs == 0)
        {
            return true;
        }

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            var delay = call.Faults.Hangs ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(call.Faults.HeaderDelayMs);
            await Task.Delay(delay, simulation.RealTime, gone.Token);
            return true;
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            Delivery.Break(context);
            return false;
        }
    }

    private static void Write(IProviderWire wire, Call call, Reply reply)
    {
        if (call.Faults.Status is { } forced)
        {
            WriteForced(wire, forced, reply);
            return;
        }

        if (call.Faults.Shape is { } name && wire.Shapes.TryGetValue(name, out var shape) && shape.Write is { } write)
        {
            write(call, reply);
            return;
        }

        switch (call)
        {
            case { Form: CallForm.None }:
                reply.Raw(StatusCodes.Status404NotFound, Reply.Text, "404 page not found\n"u8, CallOutcome.NotFound);
                return;
            case { Standing: KeyStanding.Missing or KeyStanding.Empty or KeyStanding.Invalid }:
                wire.RefuseKey(call, reply);
                return;
            case { Standing: KeyStanding.Restricted }:
                wire.RefusePlan(call, reply);
                return;
            case { Quota.Refusal: not null }:
                wire.RefuseQuota(call, reply);
                break;
            default:
                wire.Answer(call, reply);
                break;
        }

        wire.WriteRateHeaders(call, reply);
    }

    private static void WriteForced(IProviderWire wire, Fault forced, Reply reply)
    {
        if (forced.Body is { } body)
        {
            reply.Raw(forced.Status, forced.ContentType ?? Reply.Json, System.Text.Encoding.UTF8.GetBytes(body), CallOutcome.Fault);
        }
        else
        {
            wire.Fail(forced.Status, reply);
        }

        if (forced.RetryAfter is { } wait)
        {
            reply.Header("Retry-After", wait);
        }

        foreach (var (name, value) in forced.Headers ?? [])
        {
            reply.Header(name, value);
        }
    }

    private void Log(IProviderWire wire, Call call, DateTimeOffset cameAt, long arrived, int status, CallOutcome outcome)
    {
        var answered = Stopwatch.GetTimestamp();
        simulation.Lap.Add(arrived, answered);
        simulation.Calls.Add(
            new LoggedCall(0, cameAt, wire.Provider, call.Symbols, call.Key, status, outcome, call.Faults.Name, Lap.Ms(answered - arrived)),
            call.Standing
        );
    }
}
