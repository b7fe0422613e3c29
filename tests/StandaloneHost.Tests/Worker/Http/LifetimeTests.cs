using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Tests.Worker.App;
using Quorum.Testing;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class LifetimeTests
{
    [Fact]
    public async Task A_client_that_leaves_cancels_the_function_and_nothing_is_logged_as_a_failure()
    {
        var signals = new Signals();
        await using var app = await StartAsync(signals);
        using var leaving = new CancellationTokenSource();
        var call = app.Client.GetAsync("api/wait", leaving.Token);
        await signals.Entered.Task.WithinAsync();
        await leaving.CancelAsync();
        await signals.Cancelled.Task.WithinAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.DoesNotContain(app.Logs.Collector.GetSnapshot(), entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Stopping_lets_a_request_under_way_finish_and_takes_no_more()
    {
        var signals = new Signals();
        await using var app = await StartAsync(signals);
        var call = app.Client.GetAsync("api/wait");
        await signals.Entered.Task.WithinAsync();
        var stopping = app.Host.StopAsync();
        await NoLongerListeningAsync(app);
        Assert.False(stopping.IsCompleted);
        signals.Release.SetResult();
        using var response = await call.WithinAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await stopping.WithinAsync();
    }

    [Fact]
    public async Task Stopping_cancels_what_is_not_done_when_its_time_is_up()
    {
        var signals = new Signals();
        await using var app = await StartAsync(signals, "--Functions:Http:DrainTime", "00:00:00");
        var call = app.Client.GetAsync("api/wait");
        await signals.Entered.Task.WithinAsync();
        var stopping = app.Host.StopAsync();
        await signals.Cancelled.Task.WithinAsync();
        await stopping.WithinAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task A_function_whose_time_is_up_is_cancelled()
    {
        var signals = new Signals();
        using var files = new AppFiles().With("host.json", """{ "version": "2.0", "functionTimeout": "00:00:01" }""");
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            app => app.Services.AddSingleton(signals),
            files.Directory
        );
        using var response = await app.Client.GetAsync("api/wait").WithinAsync();
        await ProblemAssert.IsAsync(response, HttpStatusCode.InternalServerError);
        Assert.True(signals.Cancelled.Task.IsCompleted);
    }

    [Fact]
    public async Task The_apps_own_services_start_before_the_first_request_can_come_and_stop_after_the_last()
    {
        var order = new List<string>();
        await using (
            var app = await RunningApp.StartAsync(
                typeof(HttpFunctions),
                builder =>
                {
                    builder.Services.AddSingleton<Signals>();
                    builder.Services.AddHostedService(services => new Recorder(order, services.GetRequiredService<ILogger<Recorder>>()));
                }
            )
        )
        {
            var listening = app.Logs.Collector.GetSnapshot().Select(entry => entry.Message).ToList();
            Assert.True(
                listening.IndexOf("app service started")
                    < listening.FindIndex(message => message.StartsWith("Listening on", StringComparison.Ordinal))
            );
        }

        Assert.Equal(["start", "stop"], order);
    }

    [Fact]
    public async Task The_start_lists_every_function_and_its_address()
    {
        await using var app = await StartAsync(new Signals());
        var list = Assert
            .Single(app.Logs.Collector.GetSnapshot(), entry => entry.Message.StartsWith("Functions:", StringComparison.Ordinal))
            .Message;
        Assert.Contains($"ShowItem: [GET] {app.Address.AbsoluteUri}api/items/{{id:int}}", list, StringComparison.Ordinal);
        Assert.Contains($"AddItem: [POST,PUT] {app.Address.AbsoluteUri}api/items", list, StringComparison.Ordinal);
        Assert.Contains("PlainNumber: [*] ", list, StringComparison.Ordinal);
    }

    private static Task<RunningApp> StartAsync(Signals signals, params string[] args) =>
        RunningApp.StartAsync(typeof(HttpFunctions), app => app.Services.AddSingleton(signals), directory: null, args);

    private static async Task NoLongerListeningAsync(RunningApp app)
    {
        using var client = new HttpClient { BaseAddress = app.Address };
        while (true)
        {
            try
            {
                using var response = await client.GetAsync("api/items/special");
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private sealed class Recorder(List<string> order, ILogger logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            order.Add("start");
            logger.LogInformation("app service started");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            order.Add("stop");
            return Task.CompletedTask;
        }
    }
}
