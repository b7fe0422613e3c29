using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging.Abstractions;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Testing;

namespace Quorum.DurableTask.PostgreSql.Tests.Sessions;

/// <summary>Moments between two steps of the hub, which no request of PostgreSQL marks. Nothing here reaches PostgreSQL.</summary>
public sealed class SessionHubTests : IAsyncLifetime
{
    private static readonly PostgresOrchestrationOptions Options = new() { ConnectionString = "Host=127.0.0.1;Port=1" };
    private readonly PostgresOrchestrationService _service = new(Options);
    private readonly ClaimSchedule _claims = new(TimeProvider.System);
    private readonly ActivityQueue _activities = new(Options, NullLogger.Instance);
    private readonly SessionHub _hub;

    public SessionHubTests()
    {
        var sql = new HubSql(Options.Schema);
        var outage = new PostgresOutage(TimeProvider.System, NullLogger.Instance);
        _hub = new SessionHub(
            Options,
            new WorkerStore(_service.DataSource, sql, "worker"),
            new TurnWriter(new TurnStore(_service.DataSource, sql, "worker"), outage, Options, NullLogger.Instance),
            _activities,
            outage,
            _claims,
            NullLogger.Instance
        );
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _activities.Dispose();
        _claims.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_message_to_a_session_that_has_just_left_is_not_delivered()
    {
        AddLeaving("left");

        _hub.Messages.Deliver([new StoredMessage(1, "left", null, new EventRaisedEvent(-1, "x") { Name = "go" })], ["m left"]);

        Assert.True(await _claims.WaitAsync(TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public void A_child_begins_soon_although_an_ended_instance_of_its_id_has_not_left_yet()
    {
        AddLeaving("child");

        _hub.Begin([Instance("child") with { Owner = "worker" }], _hub.Messages.SentElsewhere);

        Assert.True(_claims.TakeCheck());
    }

    [Fact]
    public async Task A_start_that_comes_into_memory_after_a_stop_is_refused()
    {
        _hub.IsStopping = true;

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _hub.StartAsync(Instance("late"), CancellationToken.None).WithinAsync()
        );

        Assert.Equal("The task hub is stopping.", refused.Message);
        Assert.Equal((0, 0), (_hub.ResidentCount, _hub.Writer.WaitingStarts));
    }

    /// <summary>Adds a session as it is between its leave and the moment at which the hub forgets it.</summary>
    private void AddLeaving(string instanceId)
    {
        var session = OrchestrationSession.Adopt(_hub, Instance(instanceId));
        _hub.TryAdd(session);
        session.Drop();
        _hub.TryAdd(session);
    }

    private static NewInstance Instance(string instanceId) =>
        SessionHub.NewInstanceOf(
            new ExecutionStartedEvent(-1, null)
            {
                Name = "wait",
                OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId, ExecutionId = "1" },
            }
        );
}
