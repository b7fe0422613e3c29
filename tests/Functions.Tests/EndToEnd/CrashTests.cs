using Quorum.Testing;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class CrashTests
{
    private const int Requests = 200;

    [Fact]
    public async Task A_killed_process_leaves_no_instance_unfinished_and_none_finished_twice()
    {
        await using var database = await Quorum.Testing.Postgres.TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.FailAsync(new { kind = "slow-headers", ms = 30_000 });
        using var http = new HttpClient();

        Task[] requests;
        await using (
            var first = await AppProcess.StartAsync(
                database,
                simulator.Address,
                "TaskHub:Lease=00:00:02",
                "Quorum:Overload:LeastInFlight=1000"
            )
        )
        {
            requests =
            [
                .. Enumerable
                    .Range(1, Requests)
                    .Select(number => http.GetAsync(new Uri(first.Address, $"/api/quotes/T{number:0000}?maxAge=0&budget=10000"))),
            ];
            await database.WaitUntilAsync(
                $"select count(*) = {Requests} from taskhub.instances where input ~ '\"symbol\":\"T[0-9]{{4}}\"'"
            );
            await first.KillAsync();
        }

        Assert.All(requests, request => Assert.False(request.IsCompletedSuccessfully));
        await simulator.MendAsync();
        await using var second = await AppProcess.StartAsync(
            database,
            simulator.Address,
            "TaskHub:Lease=00:00:02",
            "Quorum:Overload:LeastInFlight=1000"
        );
        await database.WaitUntilAsync(
            $"select count(*) = {Requests} from taskhub.instances where status = 'Completed' and input ~ '\"symbol\":\"T[0-9]{{4}}\"'"
        );

        Assert.Equal(Requests, await database.QueryAsync<long>("select count(distinct symbol) from quorum.quotes"));
        Assert.Equal(Requests, await database.QueryAsync<long>("select count(*) from quorum.quotes"));
        Assert.Equal(
            Requests,
            await database.QueryAsync<long>(
                "select count(*) from taskhub.history_events join quorum.quotes on id = instance_id where type = 'ExecutionCompleted'"
            )
        );
        Assert.Equal(
            Requests * 8,
            await database.QueryAsync<long>(
                "select count(distinct (instance_id, event ->> 'id')) from taskhub.history_events join quorum.quotes on id = instance_id where type = 'TaskCompleted'"
            )
        );
        await Task.WhenAll(requests).ContinueWith(_ => { }, TaskScheduler.Default).WithinAsync(); // Their sockets are gone.
    }
}
