using System.Diagnostics;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Runs the way of a quote before the first caller does, who would otherwise pay for compilation and connections out of his budget: some 700 ms,
/// measured. Asks no provider, counts in no figure of theirs, leaves neither quotes, instances nor traces behind. Readiness waits for it; its failure is no failure of the start.
/// </summary>
public sealed partial class QuoteRehearsal(
    IServiceProvider services, QuoteStore store, ProviderFleet fleet, IOptions<JsonSerializerOptions> json, TimeProvider time, ILogger<QuoteRehearsal> logger) : IHostedLifecycleService
{
    /// <summary>So often that what runs seven times a request is compiled for good.</summary>
    private const int Instances = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The standalone host leaves an orchestration with this tag out of its figures.</summary>
    private static readonly Dictionary<string, string> Unmeasured = new(StringComparer.Ordinal) { ["unmeasured"] = "rehearsal" };

    internal static readonly Symbol Symbol = Symbol.Parse("REHEARSAL");

    /// <summary>Over, one way or the other.</summary>
    public bool IsOver { get; private set; }

    /// <summary>After everything else has started: the task hub is needed.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            Precompilation.Compile(typeof(QuoteRehearsal).Assembly);
            Precompilation.Compile(typeof(QuoteStore).Assembly);
            RehearseJson();
            await Task.WhenAll(store.RehearseAsync(cancellationToken), fleet.RehearseAsync(cancellationToken));

            // The worker of Azure hands its client to functions only; there the platform's warm-up does this.
            if (services.GetService<DurableTaskClient>() is { } durable)
            {
                await RehearseInstanceAsync(durable, cancellationToken);
                await Task.WhenAll(Enumerable.Range(0, Instances).Select(_ => RehearseInstanceAsync(durable, cancellationToken)));
            }

            LogOver(time.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception);
        }

        IsOver = true;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Every payload that passes through history and out to the caller, there and back.</summary>
    private void RehearseJson()
    {
        var now = time.GetUtcNow();
        var quote = new ProviderQuote
        {
            Price = 1.01m, Bid = 1, Ask = 1.02m, Open = 1, High = 1.1m, Low = 0.9m, PreviousClose = 1, Volume = 1, Currency = CurrencyCode.Usd,
            RawPrice = 1.01m, RawUnit = "USD", AsOf = now, AsOfPrecision = AsOfPrecision.Instant, ReceivedAt = now, Freshness = QuoteFreshness.RealTime,
        };
        FetchOutcome[] outcomes = [.. ProviderId.All.Select(provider => ThereAndBack(new FetchOutcome { Provider = provider, Status = FetchStatus.Ok, Quote = quote }))];
        var reference = ThereAndBack(new ReferenceData { LastKnown = [.. ProviderId.All.Select(provider => new StoredQuote(provider, quote))] });
        var merged = QuoteMerger.Merge(Symbol, reference, outcomes, now);
        ThereAndBack(new PublishQuoteInput
        {
            InstanceId = "",
            Symbol = Symbol,
            PublishedAt = now,
            Completeness = merged.Completeness,
            Providers = ProviderId.All,
            Document = new RawJson(QuoteDocument.Write(merged)),
        });
        ThereAndBack(QuoteSummary.Of(merged));
        ProviderTiming.ToHeader(QuoteDocument.ReadTimings(QuoteDocument.Write(merged)));
    }

    private T ThereAndBack<T>(T value) => JsonSerializer.Deserialize<T>(JsonSerializer.SerializeToUtf8Bytes(value, json.Value), json.Value)!; // It was not null.

    /// <summary>With a deadline at which no provider is called.</summary>
    private async Task RehearseInstanceAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        using var unrecorded = new Activity("rehearsal").Start(); // Nobody samples it: whatever follows from it is in no trace.
        var input = new AggregateQuoteInput { Symbol = Symbol, Providers = ProviderId.All, Deadline = ProviderFleet.RehearsalDeadline };
        var instanceId = await durable.ScheduleNewOrchestrationInstanceAsync(
            nameof(AggregateQuote), input, new StartOrchestrationOptions(Guid.CreateVersion7().ToString("N")) { Tags = Unmeasured }, cancellationToken);
        await durable.WaitForInstanceCompletionAsync(instanceId, cancellationToken).WaitAsync(Patience, time, cancellationToken);
        await durable.PurgeInstanceAsync(instanceId, cancellationToken);
    }

    [LoggerMessage(EventId = 1009, Level = LogLevel.Information, Message = "Rehearsed the way of a quote in {Milliseconds:F0} ms.")]
    private partial void LogOver(double milliseconds);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Warning, Message = "The rehearsal failed; the first requests are slower for it.")]
    private partial void LogFailed(Exception exception);
}
