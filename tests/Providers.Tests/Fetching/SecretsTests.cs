using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Quorum.Providers.Tests;

/// <summary>Keys are sent to their provider and written nowhere (N17).</summary>
public class SecretsTests
{
    private const string Key = "CANARYkey0123456789",
        Secret = "CANARYsecret0123456789";

    public static TheoryData<string> Providers => Successes.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task A_key_reaches_its_provider_and_nothing_else(string name)
    {
        var provider = Successes.Parse(name);
        var written = new ConcurrentQueue<string>();
        using var activities = ListenToActivities(written);
        using var events = new EventCollector(written);
        var faults = new Func<HttpContext, Task>[]
        {
            context => HttpStandIn.WriteAsync(context, 200, Successes.Of(provider)),
            context => HttpStandIn.WriteAsync(context, 401, Echo(context)),
            context => HttpStandIn.WriteAsync(context, 400, Echo(context)),
            context => HttpStandIn.WriteAsync(context, 500, Echo(context)),
            context => HttpStandIn.WriteAsync(context, 200, Echo(context)),
            context =>
                HttpStandIn.WriteAsync(
                    context,
                    200,
                    $$"""{"Information":"We have detected your API key as {{Key}} and our limit is 25 requests per day","message":"{{Key}}","error":"{{Key}}"}"""
                ),
            context => HttpStandIn.WriteAsync(context, 200, Successes.Of(provider).Replace("214.29", $"\"{Key}\"")),
            context => HttpStandIn.WriteAsync(context, 200, Successes.Of(provider).Replace("AAPL", Key)),
            context => HttpStandIn.WriteAsync(context, 200, Successes.Of(provider).Replace("USD", Key)),
            context =>
            {
                context.Response.Redirect($"/again?apikey={Key}");
                return Task.CompletedTask;
            },
            context =>
            {
                context.Abort();
                return Task.CompletedTask;
            },
        };
        await using var server = await HttpStandIn.StartAsync(faults[0]);
        foreach (var fault in faults)
        {
            server.Answer = fault;
            await AskAsync(() => fault == faults[^1] ? server.DisposeAsync() : default);
        }

        Assert.Contains(server.Requests.Concat(server.Headers.SelectMany(headers => headers.Values)), sent => sent.Contains(Key));
        Assert.NotEmpty(written);
        Assert.DoesNotContain(written, text => text.Contains("CANARY", StringComparison.OrdinalIgnoreCase));

        // A fleet of its own for each fault: some of them keep it from asking again.
        async Task AskAsync(Func<ValueTask> thenAsync)
        {
            await using var fleet = new FleetUnderTest(
                time: null,
                ($"{provider.SettingsName}:BaseAddress", server.Address),
                ($"{provider.SettingsName}:ApiKey", Key),
                ($"{provider.SettingsName}:ApiSecret", Secret)
            );
            using var activity = new Activity("request").Start();
            var outcome = await fleet.FetchAsync(provider, DateTimeOffset.UtcNow.AddSeconds(60));
            written.Enqueue(JsonSerializer.Serialize(outcome));
            written.Enqueue(outcome.ToString());
            await thenAsync();
            written.Enqueue(JsonSerializer.Serialize(await fleet.FetchAsync(provider)));
            foreach (var line in fleet.LogLines)
            {
                written.Enqueue(line);
            }
        }
    }

    [Fact]
    public void The_listeners_would_see_a_key_if_it_were_written()
    {
        var written = new ConcurrentQueue<string>();
        using var activities = ListenToActivities(written);
        using var source = new ActivitySource("Quorum.Providers.Tests");
        using (var activity = source.StartActivity("GET"))
        {
            activity!.SetTag("url.full", $"https://provider/quote?apikey={Key}");
        }

        Assert.Contains(written, text => text.Contains(Key));
    }

    private static string Echo(HttpContext context) =>
        $"{context.Request.QueryString} {string.Join(' ', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"))}";

    private static ActivityListener ListenToActivities(ConcurrentQueue<string> written)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => !source.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal), // the stand-in's own
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
                written.Enqueue(
                    $"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(entry => entry.Tags))}"
                ),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class EventCollector(ConcurrentQueue<string> written) : EventListener
    {
        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "System.Net.Http" or "System.Net.Sockets" or "System.Net.NameResolution")
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            written?.Enqueue($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? (IEnumerable<object?>)[])}");
    }
}
