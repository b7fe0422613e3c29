using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Calls without a network, for the warm-up: each goes the way of a call to the provider, whose answer is a sample. Uses no key and
/// no quota, and is in no figure.</summary>
public sealed class SampleCalls(ProviderFleet fleet, IOptionsMonitor<ProviderOptions> options, TimeProvider time) : IAsyncDisposable
{
    private static readonly Symbol Sample = Symbol.Parse("AAPL");

    private readonly ProviderClient[] _clients =
    [
        .. ProviderRegistration.All.Select(registration => Create(registration, options.Get(registration.Id.SettingsName).Plan, time)),
    ];

    /// <summary>Fetches the sample from every provider, one after another.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<IReadOnlyList<FetchOutcome>> FetchAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var outcomes = new FetchOutcome[_clients.Length];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var listing = fleet.SpellingFor(Sample, ProviderRegistration.All[i].Id)!; // every provider lists US tickers
            outcomes[i] = await _clients[i].FetchAsync(listing, deadline, CallPurpose.Interactive, cancellationToken);
        }

        return outcomes;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    private static ProviderClient Create(ProviderRegistration registration, string? plan, TimeProvider time)
    {
        const int unlimited = int.MaxValue;
        var settings = new ProviderSettings(
            registration,
            new ProviderOptions
            {
                Plan = plan,
                ApiKey = "none",
                Quota = new QuotaOptions
                {
                    PerSecond = unlimited,
                    PerMinute = unlimited,
                    PerDay = unlimited,
                },
            }
        );
        return new ProviderClient(
            registration.Id,
            registration.Create(settings),
            settings,
            new ClientServices(new LocalQuotaLedger(time), Transport: new SampleTransport(registration.Id, time)),
            time,
            NullLogger.Instance
        );
    }

    private sealed class SampleTransport(ProviderId provider, TimeProvider time) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield(); // as an answer from the network: never at once
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(SampleAnswers.Of(provider, time.GetUtcNow()), null, "application/json"),
                RequestMessage = request,
            };
        }
    }
}
