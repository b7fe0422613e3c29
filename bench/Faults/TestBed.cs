using Quorum.Harness;
using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>The app with everything that it needs, behind proxies, so that each part can be broken.</summary>
/// <param name="QuoteClient">Sends requests to the app.</param>
/// <param name="Admin">The simulator's admin endpoint.</param>
internal sealed record TestBed(
    QuoteClient QuoteClient,
    HttpClient Admin,
    IReadOnlyDictionary<ProviderId, FaultProxy> Proxies,
    FaultProxy Postgres,
    Database Database
)
{
    public async Task BreakAsync(ProviderId provider, ProviderFault fault, CancellationToken cancellationToken)
    {
        if (fault.Name == ProviderFault.Refused)
        {
            Proxies[provider].Refuse();
        }
        else if (fault.Name == ProviderFault.Tls)
        {
            Proxies[provider].ShowCertificate(trusted: false);
        }
        else
        {
            await fault.SwitchOnAsync(Admin, provider.ToString(), cancellationToken);
        }
    }

    public async Task MendAsync(ProviderId provider, ProviderFault fault, CancellationToken cancellationToken)
    {
        if (fault.Name == ProviderFault.Refused)
        {
            Proxies[provider].Accept();
        }
        else if (fault.Name == ProviderFault.Tls)
        {
            Proxies[provider].ShowCertificate(trusted: true);
        }
        else
        {
            using var response = await Admin.DeleteAsync(new Uri("faults", UriKind.Relative), cancellationToken);
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Waits until an orchestration with PostgreSQL produces a quote again.</summary>
    /// <returns>True if it did within the limit.</returns>
    public async Task<bool> IsDurableWithinAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(limit);
        while (true)
        {
            var answer = await QuoteClient.AskAsync(cancellationToken);
            if (answer is { Status: 200, InstanceId: not null, IsStandIn: false })
            {
                return true;
            }

            if (expiry.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }
}
