using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Batches;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Activities run at least once: the result of a run may be lost with its process.</summary>
public sealed class SettleItemsTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Theory]
    [InlineData(FetchStatus.ServerError, 1)] // counts as a try
    [InlineData(FetchStatus.QuotaExhausted, 0)] // does not
    public async Task A_second_run_changes_no_item_that_the_first_put_off(FetchStatus status, int tries)
    {
        var id = $"twice-{status}";
        var services = fixture.App.Services;
        var work = services.GetRequiredService<BatchWork>();
        await services
            .GetRequiredService<BatchStore>()
            .CreateAsync(
                BatchContent.Compose(id, ["T1550"], services.GetRequiredService<InstrumentCatalogue>(), DateTimeOffset.UtcNow),
                CancellationToken.None
            );
        await work.BeginAsync(id, services.GetRequiredService<DurableTaskClient>().Name, 10, DateTimeOffset.UtcNow, CancellationToken.None);
        await work.SaveAnswersAsync(
            id,
            [
                .. ProviderId.All.Select(provider => new ItemAnswer(
                    1,
                    new FetchOutcome
                    {
                        Provider = provider,
                        Status = status,
                        RetryAfterSeconds = 600,
                    }
                )),
            ],
            CancellationToken.None
        );
        var settle = ActivatorUtilities.CreateInstance<SettleItems>(services);
        var input = new SettleItemsInput(id, [1]);

        await settle.RunAsync(input, CancellationToken.None);
        var first = await ItemAsync();
        await settle.RunAsync(input, CancellationToken.None);

        Assert.Equal(("pending", tries), (first[0], int.Parse(first[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(first, await ItemAsync());

        async Task<string[]> ItemAsync() =>
            (
                await fixture.Database.QueryAsync<string[]>(
                    $"select array[status, tries::text, not_before::text] from quorum.batch_items where batch_id = '{id}'"
                )
            )!;
    }
}
