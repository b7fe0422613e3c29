using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Functions.Tests;

/// <summary>The members that the management API of the Functions host calls, on a real PostgreSQL.</summary>
public sealed class PostgresDurabilityProviderTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private readonly PostgresOrchestrationOptions _options = new()
    {
        ConnectionString = fixture.Database.ConnectionString,
        HubName = "provider",
    };
    private PostgresOrchestrationService? _service;
    private PostgresDurabilityProvider? _provider;

    private PostgresDurabilityProvider Provider => _provider ?? throw new InvalidOperationException("xunit has not initialized the test.");

    public async Task InitializeAsync()
    {
        _service = new PostgresOrchestrationService(_options);
        await _service.CreateIfNotExistsAsync();
        await _service.StartAsync();
        _provider = new PostgresDurabilityProvider(_service, _options, "Orders");
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.StopAsync();
            await _service.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_list_pages_through_the_instances_of_a_prefix()
    {
        var prefix = await StartAsync(5);
        var found = new List<DurableOrchestrationStatus>();
        var condition = new OrchestrationStatusQueryCondition
        {
            InstanceIdPrefix = prefix,
            PageSize = 2,
            ShowInput = true,
        };
        do
        {
            var page = await Provider.GetOrchestrationStateWithPagination(condition, CancellationToken.None);
            found.AddRange(page.DurableOrchestrationState);
            condition.ContinuationToken = page.ContinuationToken;
        } while (condition.ContinuationToken is not null);

        Assert.Equal(Enumerable.Range(0, 5).Select(number => $"{prefix}-{number}"), found.Select(status => status.InstanceId).Order());
        Assert.All(found, status => Assert.Equal("Order", status.Name));
        Assert.All(found, status => Assert.Equal(7, (int?)status.Input["id"]));
        Assert.All(
            found,
            status => Assert.Equal(Microsoft.Azure.WebJobs.Extensions.DurableTask.OrchestrationRuntimeStatus.Pending, status.RuntimeStatus)
        );
    }

    [Fact]
    public async Task The_list_leaves_inputs_out_unless_asked_for()
    {
        var prefix = await StartAsync(1);

        var page = await Provider.GetOrchestrationStateWithPagination(
            new OrchestrationStatusQueryCondition { InstanceIdPrefix = prefix, ShowInput = false },
            CancellationToken.None
        );

        Assert.Equal(Newtonsoft.Json.Linq.JTokenType.Null, Assert.Single(page.DurableOrchestrationState).Input.Type);
    }

    [Fact]
    public async Task An_instance_is_found_with_or_without_its_input()
    {
        var prefix = await StartAsync(1);

        Assert.Equal("""{"id":7}""", Assert.Single(await Provider.GetOrchestrationStateWithInputsAsync($"{prefix}-0")).Input);
        Assert.Null(Assert.Single(await Provider.GetOrchestrationStateWithInputsAsync($"{prefix}-0", showInput: false)).Input);
        Assert.Empty(await Provider.GetOrchestrationStateWithInputsAsync("no-such-instance"));
    }

    [Fact]
    public async Task A_wait_is_notified_of_the_end_and_the_ended_instance_is_purged()
    {
        var id = $"{await StartAsync(1)}-0";
        var wait = Provider.WaitForOrchestrationAsync(id, null, SignalTasks.Deadline, CancellationToken.None);

        await Provider.ForceTerminateTaskOrchestrationAsync(id, "enough");

        Assert.Equal(OrchestrationStatus.Terminated, (await wait.WithinAsync()).OrchestrationStatus);
        Assert.True(Provider.SupportsPollFreeWait);
        Assert.Equal(1, (await Provider.PurgeInstanceHistoryByInstanceId(id)).InstancesDeleted);
        Assert.Empty(await Provider.GetOrchestrationStateWithInputsAsync(id));
    }

    [Fact]
    public async Task A_filter_purges_ended_instances_only()
    {
        var prefix = await StartAsync(2);
        await Provider.ForceTerminateTaskOrchestrationAsync($"{prefix}-0", "enough");
        await Provider.WaitForOrchestrationAsync($"{prefix}-0", null, SignalTasks.Deadline, CancellationToken.None).WithinAsync();

        await Provider.PurgeHistoryByFilters(DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(1), [OrchestrationStatus.Terminated]);

        Assert.Empty(await Provider.GetOrchestrationStateWithInputsAsync($"{prefix}-0"));
        Assert.Single(await Provider.GetOrchestrationStateWithInputsAsync($"{prefix}-1"));
    }

    /// <summary>An instance whose start cannot be read when it is claimed: it ends as failed, so that it stops no other.</summary>
    [Fact]
    public async Task An_instance_that_cannot_be_continued_is_found_and_listed_with_its_reason_rewound_and_purged()
    {
        var id = await PoisonAsync();

        var found = Assert.Single(await Provider.GetOrchestrationStateWithInputsAsync(id));
        var page = await Provider.GetOrchestrationStateWithPagination(
            new OrchestrationStatusQueryCondition
            {
                InstanceIdPrefix = id,
                RuntimeStatus = [Microsoft.Azure.WebJobs.Extensions.DurableTask.OrchestrationRuntimeStatus.Failed],
            },
            CancellationToken.None
        );
        await Provider.RewindAsync(id, "try it again"); // it still cannot be read
        var again = await Provider.WaitForOrchestrationAsync(id, null, SignalTasks.Deadline, CancellationToken.None).WithinAsync();

        Assert.Equal(OrchestrationStatus.Failed, found.OrchestrationStatus);
        Assert.Contains($"'{id}' cannot be read", found.Output, StringComparison.Ordinal);
        Assert.Equal(found.Output, (string?)Assert.Single(page.DurableOrchestrationState).Output);
        Assert.Equal(OrchestrationStatus.Failed, again.OrchestrationStatus);
        Assert.Equal(1, (await Provider.PurgeInstanceHistoryByInstanceId(id)).InstancesDeleted);
    }

    [Fact]
    public async Task Only_a_failed_instance_can_be_rewound()
    {
        var id = $"{await StartAsync(1)}-0";

        var pending = await Assert.ThrowsAsync<InvalidOperationException>(() => Provider.RewindAsync(id, ""));
        await Assert.ThrowsAsync<ArgumentException>(() => Provider.RewindAsync("no-such-instance", ""));

        Assert.Contains($"instance '{id}' is Pending", pending.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_all_instances_goes_beyond_one_page()
    {
        var prefix = await StartAsync(3);

        var all = await Provider.GetAllOrchestrationStates(CancellationToken.None);

        Assert.Equal(3, all.Count(state => state.OrchestrationInstance.InstanceId.StartsWith(prefix, StringComparison.Ordinal)));
        Assert.All(all, state => Assert.NotNull(state.Name));
    }

    [Fact]
    public void The_settings_that_the_host_logs_hold_no_connection_string()
    {
        Assert.Equal("Orders", (string?)Provider.ConfigurationJson["connectionName"]);
        Assert.DoesNotContain("Host=", Provider.ConfigurationJson.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_host_gets_a_scaler_and_a_monitor()
    {
        Assert.True(Provider.TryGetTargetScaler("function", "Order", "provider", "Orders", out var scaler));
        Assert.True(Provider.TryGetScaleMonitor("function", "Order", "provider", "Orders", out var monitor));
        Assert.Equal(("function", "function"), (scaler.TargetScalerDescriptor.FunctionId, monitor.Descriptor.FunctionId));
    }

    private async Task<string> PoisonAsync()
    {
        var id = $"{await StartAsync(1)}-0";
        await fixture.Database.ExecuteAsync(
            $"""
            update taskhub.history set events = 'broken' where instance_id = '{id}';
            update taskhub.instances set start_at = null, wake_at = now() where instance_id = '{id}'; -- now it is claimed
            """
        );
        await Provider.WaitForOrchestrationAsync(id, null, SignalTasks.Deadline, CancellationToken.None).WithinAsync();
        return id;
    }

    /// <summary>Schedules instances that start tomorrow and returns the prefix of their ids.</summary>
    private async Task<string> StartAsync(int count)
    {
        var prefix = Guid.NewGuid().ToString("N");
        for (var number = 0; number < count; number++)
        {
            var instance = new OrchestrationInstance { InstanceId = $"{prefix}-{number}", ExecutionId = Guid.NewGuid().ToString("N") };
            await Provider.CreateTaskOrchestrationAsync(
                new TaskMessage
                {
                    OrchestrationInstance = instance,
                    Event = new ExecutionStartedEvent(-1, """{"id":7}""")
                    {
                        Name = "Order",
                        Version = "",
                        OrchestrationInstance = instance,
                        ScheduledStartTime = DateTime.UtcNow.AddDays(1),
                    },
                }
            );
        }

        return prefix;
    }
}
