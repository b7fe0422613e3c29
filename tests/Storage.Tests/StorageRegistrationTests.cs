using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Testing.Time;

namespace Quorum.Storage.Tests;

public sealed class StorageRegistrationTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task A_host_that_starts_has_a_migrated_database_a_loaded_catalogue_and_a_listener()
    {
        using var host = Build(("ConnectionStrings:Quorum", fixture.Database.ConnectionString));
        await host.StartAsync().WithinAsync();

        Assert.True(host.Services.GetRequiredService<InstrumentCatalogue>().Knows(Symbol.Parse("AAPL")));
        await host.Services.GetRequiredService<QuorumDatabase>().PingAsync(CancellationToken.None);
        await host.Services.GetRequiredService<QuoteAnnouncements>().Listening.WithinAsync();

        await host.StopAsync().WithinAsync();
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(9, 4)]
    public async Task The_pool_opens_ahead_as_many_connections_as_asked_for_and_as_it_may_hold(int asked, long opened)
    {
        await using var storage = StorageOnDatabase.Over(
            fixture.Database,
            options => options.ConnectionString += $";Application Name=opened ahead {asked};Maximum Pool Size=4"
        );

        await storage.Database.OpenPoolAsync(asked, CancellationToken.None).WithinAsync();

        Assert.Equal(
            opened,
            await fixture.Database.QueryAsync<long>(
                $"select count(*) from pg_stat_activity where application_name = 'opened ahead {asked}'"
            )
        );
    }

    [Fact]
    public async Task Every_wrong_setting_is_named_with_its_value_before_anything_starts()
    {
        using var host = Build(
            ("ConnectionStrings:Quorum", " "),
            ("Quorum:Storage:SaveLanes", "0"),
            ("Quorum:Storage:LargestGroup", "500"),
            ("Quorum:Storage:WaitingItems", "400"),
            ("Quorum:Storage:CatalogueRefreshInterval", "00:00:00.1")
        );

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        var faults = refusal.Failures.ToArray();
        Assert.Contains(faults, fault => fault.StartsWith("ConnectionStrings:Quorum must be set", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("SaveLanes must be between 1 and 8; got 0", StringComparison.Ordinal));
        Assert.Contains(
            faults,
            fault => fault.Contains("WaitingItems must be at least LargestGroup (500); got 400", StringComparison.Ordinal)
        );
        Assert.Contains(faults, fault => fault.Contains("got 00:00:00.1000000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_string_that_cannot_be_read_is_named_but_not_repeated()
    {
        using var host = Build(("ConnectionStrings:Quorum", "Host=x;Paßwort=geheim"));

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("ConnectionStrings:Quorum", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_waits_for_a_database_that_is_not_ready_yet()
    {
        await using var database = await TestDatabase.CreateAsync();
        await fixture.Database.ExecuteAsync($"alter database {database.Name} with allow_connections false");
        var time = new ManualTimeProvider();
        using var host = Build(
            services => services.AddSingleton<TimeProvider>(time),
            ("ConnectionStrings:Quorum", database.ConnectionString)
        );

        var starting = host.StartAsync();
        await time.WhenArmedAsync().WithinAsync();
        Assert.False(starting.IsCompleted);
        await fixture.Database.ExecuteAsync($"alter database {database.Name} with allow_connections true");
        time.Advance(TimeSpan.FromSeconds(1));

        await starting.WithinAsync();
        Assert.True(host.Services.GetRequiredService<InstrumentCatalogue>().IsLoaded);
        await host.StopAsync().WithinAsync();
    }

    [Fact]
    public async Task A_start_gives_up_when_postgresql_does_not_answer_in_time()
    {
        using var host = Build(
            ("ConnectionStrings:Quorum", "Host=127.0.0.1;Port=1;Username=nobody;Database=none"),
            ("Quorum:Storage:StartTimeout", "00:00:00")
        );

        await Assert.ThrowsAsync<TimeoutException>(() => host.StartAsync());
    }

    private static IHost Build(params (string Key, string Value)[] settings) => Build(_ => { }, settings);

    private static IHost Build(Action<IServiceCollection> configure, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        configure(builder.Services);
        builder.Services.AddStorage(builder.Configuration);
        return builder.Build();
    }
}
