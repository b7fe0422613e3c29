using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.DurableTask;
using Quorum.DurableTask.PostgreSql.Telemetry;
using Quorum.StandaloneHost.Telemetry;
using Quorum.StandaloneHost.Tests.DurableTask;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.Worker.Durable;

/// <summary>One unbroken trace, whatever happens on the way.</summary>
public sealed class DurableTracingTests : IDisposable
{
    private const string Caller = "b7ad6b7169203331";
    private const string Http = "Microsoft.AspNetCore";
    private readonly string _traceId = ActivityTraceId.CreateRandom().ToHexString();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public DurableTracingTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is StandaloneTelemetry.SourceName or Http or "Npgsql" or "DurableTask.Core",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId.ToHexString() == _traceId)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_request_its_orchestration_and_the_activities_are_one_tree()
    {
        await using var app = await DurableApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/start/GreetAll/traced") { Content = new StringContent("Ada,Bob") };
        request.Headers.Add("traceparent", $"00-{_traceId}-{Caller}-01");
        (await app.Client.SendAsync(request)).Dispose();
        await EndAsync("orchestration:GreetAll");
        var server = await EndAsync(span => span.Source.Name == Http);

        var orchestration = Assert.Single(_spans, span => span.DisplayName == "orchestration:GreetAll");
        var calls = _spans.Where(span => span is { DisplayName: "activity:Greet", Kind: ActivityKind.Client }).ToArray();
        var activities = _spans.Where(span => span is { DisplayName: "activity:Greet", Kind: ActivityKind.Server }).ToArray();
        Assert.Equal(Caller, server.ParentSpanId.ToHexString());
        Assert.Equal(server.SpanId, orchestration.ParentSpanId);
        Assert.Equal("traced", orchestration.GetTagItem("durabletask.task.instance_id"));
        Assert.Equal("Completed", orchestration.GetTagItem("durabletask.task.status"));
        Assert.Equal(2, activities.Length);
        Assert.All(calls, call => Assert.Equal(orchestration.SpanId, call.ParentSpanId));
        Assert.Equal(
            calls.Select(call => call.SpanId.ToHexString()).Order(),
            activities.Select(activity => activity.ParentSpanId.ToHexString()).Order()
        );
        Assert.All(activities, activity => Assert.True(activity.StartTimeUtc >= orchestration.StartTimeUtc.AddMilliseconds(-1)));
        Assert.Equal(6, _spans.Count); // none of the hub's own statements
    }

    [Fact]
    public async Task A_failed_orchestration_is_a_span_with_its_error()
    {
        await using var app = await DurableApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/start/FailOnPurpose/traced") { Content = new StringContent("") };
        request.Headers.Add("traceparent", $"00-{_traceId}-{Caller}-01");
        (await app.Client.SendAsync(request)).Dispose();

        var span = await EndAsync("orchestration:FailOnPurpose");

        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(
            [ActivityStatusCode.Error, ActivityStatusCode.Error], // the call and the run
            _spans.Where(span => span.DisplayName == "activity:Break").Select(span => span.Status)
        );
    }

    [Fact]
    public async Task After_a_takeover_spans_have_the_same_parent_and_the_orchestration_is_one_span()
    {
        await using var database = await TestDatabase.CreateAsync();
        var parents = new ConcurrentQueue<string?>();
        var entered = new TaskCompletionSource();
        var hang = new TaskCompletionSource<object?>();
        Action<Quorum.StandaloneHost.DurableTask.TaskRegistry> Register(bool hangs) =>
            tasks =>
            {
                tasks.Orchestrator(
                    "Long",
                    async context => await context.CallActivityAsync<string>("Step", 1) + await context.CallActivityAsync<string>("Step", 2)
                );
                tasks.AddActivity(
                    "Step",
                    (call, _) =>
                    {
                        parents.Enqueue(call.TraceParent);
                        if (hangs)
                        {
                            entered.TrySetResult();
                            return hang.Task;
                        }

                        return Task.FromResult<object?>("x");
                    }
                );
            };
        string id;
        var first = await TestWorker.StartAsync(database, Register(hangs: true));
        using (var caller = new Activity("caller").SetParentId($"00-{_traceId}-{Caller}-01").Start())
        {
            id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Long", CancellationToken.None);
        }

        await entered.Task.WithinAsync();
        await first.KillAsync();
        await using var second = await TestWorker.StartAsync(database, Register(hangs: false));
        Assert.Equal("xx", (await second.EndOfAsync(id)).ReadOutputAs<string>());
        var span = await EndAsync("orchestration:Long");
        await first.DisposeAsync();

        Assert.Equal(3, parents.Count); // the first step twice
        Assert.Equal(2, parents.Distinct().Count()); // a repeated step has the same parent
        Assert.All(
            _spans.Where(call => call is { DisplayName: "activity:Step", Kind: ActivityKind.Client }),
            call => Assert.Equal(span.SpanId, call.ParentSpanId)
        );
        Assert.Equal(
            parents.Distinct().Order(),
            _spans
                .Where(call => call is { DisplayName: "activity:Step", Kind: ActivityKind.Client })
                .Select(call => $"00-{_traceId}-{call.SpanId.ToHexString()}-01")
                .Order()
        );
        Assert.Single(_spans, span => span.DisplayName == "orchestration:Long");
    }

    [Fact]
    public async Task An_orchestration_of_many_turns_and_generations_is_one_span()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var worker = await TestWorker.StartAsync(
            database,
            tasks =>
            {
                tasks.Orchestrator(
                    "Count",
                    async context =>
                    {
                        var n = context.GetInput<int>() + await context.CallActivityAsync<int>("One", 0);
                        if (n < 5)
                        {
                            context.ContinueAsNew(n);
                        }

                        return n;
                    }
                );
                tasks.Activity<int, int>("One", _ => 1);
            }
        );
        using (new Activity("caller").SetParentId($"00-{_traceId}-{Caller}-01").Start())
        {
            await worker.RunAsync("Count", 0);
        }

        await EndAsync("orchestration:Count");

        Assert.Single(_spans, span => span.DisplayName == "orchestration:Count");
    }

    [Fact]
    public async Task The_meter_counts_turns_commits_activities_and_overhead()
    {
        var names = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name is "Microsoft.AspNetCore.Hosting" or HubMetrics.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => names[instrument.Name] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => names[instrument.Name] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => names[instrument.Name] = value);
        listener.Start();
        await using var app = await DurableApp.StartAsync();
        (await app.Client.PostAsync("api/start/GreetAll/measured", new StringContent("Ada"))).Dispose();
        while (!names.ContainsKey("taskhub.orchestration.overhead") || !names.ContainsKey("http.server.request.duration"))
        {
            await Task.Yield();
        }

        listener.RecordObservableInstruments();

        string[] expected =
        [
            "http.server.request.duration",
            "taskhub.activities.running",
            "taskhub.activity.duration",
            "taskhub.commit.duration",
            "taskhub.commit.turns",
            "taskhub.instances.active",
            "taskhub.orchestration.duration",
            "taskhub.orchestration.overhead",
            "taskhub.outage",
            "taskhub.starts.waiting",
            "taskhub.turns",
        ];
        Assert.Empty(expected.Except(names.Keys));
        Assert.True(names["taskhub.orchestration.overhead"] > 0);
    }

    [Fact]
    public async Task An_orchestration_tagged_unmeasured_and_its_activities_are_in_no_duration()
    {
        var measured = new ConcurrentQueue<(string Instrument, object? Name)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name is StandaloneTelemetry.SourceName or HubMetrics.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (instrument, _, tags, _) => measured.Enqueue((instrument.Name, tags.ToArray().FirstOrDefault(tag => tag.Key == "name").Value))
        );
        listener.Start();
        await using var database = await TestDatabase.CreateAsync();
        await using var worker = await TestWorker.StartAsync(
            database,
            tasks =>
            {
                foreach (var name in (string[])["Quiet", "Loud"])
                {
                    tasks.Orchestrator(name, context => context.CallActivityAsync<int>(name + "Step", 0));
                    tasks.Activity<int, int>(name + "Step", n => n);
                }
            }
        );

        var quiet = new StartOrchestrationOptions
        {
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { [HubMetrics.UnmeasuredTag] = "" },
        };
        await worker.EndOfAsync(await worker.Client.ScheduleNewOrchestrationInstanceAsync("Quiet", quiet));
        await worker.RunAsync("Loud");
        while (!measured.Contains(("taskhub.orchestration.overhead", "Loud")))
        {
            await Task.Yield();
        }

        Assert.Contains(("taskhub.activity.duration", "LoudStep"), measured);
        Assert.DoesNotContain(measured, one => one.Name is "Quiet" or "QuietStep");
    }

    private Task<Activity> EndAsync(string name) => EndAsync(span => span.DisplayName == name);

    // The span is handed over a little after the end that its waiters see.
    private async Task<Activity> EndAsync(Func<Activity, bool> isMeant)
    {
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        while (true)
        {
            deadline.Token.ThrowIfCancellationRequested();
            if (_spans.FirstOrDefault(isMeant) is { } span)
            {
                return span;
            }

            await Task.Yield();
        }
    }
}
