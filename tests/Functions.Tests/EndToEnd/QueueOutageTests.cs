using System.Net;
using System.Net.Http.Json;
using Quorum.LocalServices.Azurite;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The storage account of the queues goes away and comes back.</summary>
public sealed class QueueOutageTests
{
    [Fact]
    public async Task While_the_queues_are_away_each_listener_says_so_once_and_batches_and_prefetch_go_on_by_themselves_when_they_are_back()
    {
        using var folder = new TemporaryFolder();
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        var options = new LocalAzuriteOptions { DataDirectory = folder["azurite"] };
        var azurite = await LocalAzurite.StartAsync(options);
        options = options with { BlobPort = azurite.BlobPort, QueuePort = azurite.QueuePort, TablePort = azurite.TablePort };
        try
        {
            await using var app = await AppProcess.StartLoggedAsync(
                folder["app.log"],
                database,
                simulator.Address,
                $"AzureWebJobsStorage={azurite.ConnectionString}",
                "Quorum:Prefetch:Enabled=true",
                "Quorum:Prefetch:AllHours=true",
                "PrefetchSchedule=* * * * * *",
                "Logging:LogLevel:Quorum.StandaloneHost.Queues=Information"
            );
            using var http = new HttpClient { BaseAddress = app.Address };
            using var watched = await http.PutAsJsonAsync("/api/watchlist/T0900", new { maxAge = 1 });
            watched.EnsureSuccessStatusCode();
            Assert.Equal(HttpStatusCode.Accepted, await PostAsync("before"));
            await UntilDoneAsync("before", prefetched: 0);

            await azurite.DisposeAsync();
            await UntilSaidAsync("Queue quote-batches cannot be read");
            await UntilSaidAsync("Queue quote-prefetch cannot be read");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync("meanwhile")); // not accepted
            var prefetched = await database.QueryAsync<long>("select count(*) from quorum.quotes where symbol = 'T0900'");
            azurite = await LocalAzurite.StartAsync(options);

            Assert.Equal(HttpStatusCode.Accepted, await PostAsync("meanwhile"));
            await UntilDoneAsync("meanwhile", prefetched);
            await UntilSaidAsync("Queue quote-batches can be read again");
            await UntilSaidAsync("Queue quote-prefetch can be read again");
            foreach (var queue in (string[])["quote-batches", "quote-prefetch"])
            {
                Assert.Equal((1, 1), (Count($"Queue {queue} cannot be read"), Count($"Queue {queue} can be read again")));
            }

            async Task<HttpStatusCode> PostAsync(string id)
            {
                using var response = await http.PostAsJsonAsync(
                    "/api/batches",
                    new { batchId = id, symbols = (string[])["T0901", "T0902"] }
                );
                return response.StatusCode;
            }
        }
        finally
        {
            await azurite.DisposeAsync();
        }

        Task UntilDoneAsync(string batch, long prefetched) =>
            database.WaitUntilAsync(
                $"select exists (select from quorum.batches where id = '{batch}' and done = 2) and (select count(*) > {prefetched} from quorum.quotes where symbol = 'T0900')"
            );

        async Task UntilSaidAsync(string text)
        {
            using var expired = new CancellationTokenSource(SignalTasks.Deadline);
            while (Count(text) == 0)
            {
                await database.ExecuteAsync("select pg_sleep(0.02)", expired.Token);
            }
        }

        int Count(string text)
        {
            using var file = new StreamReader(
                new FileStream(folder["app.log"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            );
            return file.ReadToEnd().Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));
        }
    }
}
