using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class StartTests
{
    [Fact]
    public async Task The_warm_up_asks_no_provider_and_leaves_nothing_behind()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using var app = await RunningApp.StartAsync(database, simulator.Address);

        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("health/ready")).Status);
        Assert.Equal(0, await simulator.CountCallsAsync());
        Assert.Equal(
            0,
            await database.QueryAsync<long>(
                """
                select (select count(*) from taskhub.instances) + (select count(*) from taskhub.history)
                     + (select count(*) from quorum.quotes) + (select count(*) from quorum.provider_quotes)
                """
            )
        );
    }

    [Fact]
    public async Task A_caller_before_the_end_of_the_warm_up_is_asked_to_come_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        var builder = StandaloneQuorum.CreateBuilder([.. await RunningApp.ArgumentsAsync(database, simulator.Address)]);
        builder.Services.AddSingleton<EarlyCaller>();
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services => services.GetRequiredService<EarlyCaller>()));
        using var host = builder.Build();
        await host.StartAsync();
        var answers = host.Services.GetRequiredService<EarlyCaller>().Answers;

        Assert.All(
            ["quotes/AAPL", "venues"],
            path =>
            {
                Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (answers[path].Status, answers[path].Header("Retry-After")));
                Assert.Equal("urn:quorum:problem:starting", answers[path].Value("type"));
            }
        );
        Assert.Equal(HttpStatusCode.OK, answers["health/live"].Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answers["health/ready"].Status);
        Assert.Equal(0, await simulator.CountCallsAsync());
        await host.StopAsync();
    }

    /// <summary>Calls once the server listens and before the warm-up, which starts after it.</summary>
    private sealed class EarlyCaller(IServer server) : IHostedLifecycleService
    {
        public ConcurrentDictionary<string, Answer> Answers { get; } = new(StringComparer.Ordinal);

        public async Task StartedAsync(CancellationToken cancellationToken)
        {
            using var http = new HttpClient { BaseAddress = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.Single()) }; // It has started.
            foreach (var path in (string[])["quotes/AAPL", "venues", "health/live", "health/ready"])
            {
                using var response = await http.GetAsync(new Uri("/api/" + path, UriKind.Relative), cancellationToken);
                Answers[path] = await Answer.ReadAsync(response);
            }
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
