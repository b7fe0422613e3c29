using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Telemetry;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary><c>GET quotes/{symbol}</c>: the consolidated quote, inside the caller's budget.</summary>
public sealed class GetQuote(
    InstrumentCatalogue catalogue,
    ConvertedQuotes quotes,
    LaterQuotes later,
    AppMetrics metrics,
    TimeProvider time,
    IOptions<QuoteOptions> options
)
{
    private readonly int? _agree = options.Value.Agree;

    [Function(nameof(GetQuote))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "quotes/{symbol}")] HttpRequestData request,
        string symbol,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var clock = new RequestClock(time);
        if (!QuoteRequest.TryParse(symbol, request.Query, catalogue, _agree, out var asked, out var faults) || request.HasBody())
        {
            var all = request.HasBody() ? [.. faults, new InvalidParameter("body", null, "must be empty")] : faults;
            return await request.RespondAsync(all, cancellationToken);
        }

        var caller = Caller.Of(request);
        if (!caller.TryNarrow(asked.Providers, out var providers))
        {
            return await request.RespondAsync(
                caller.Refuse(ConsumerProblems.ProviderNotAllowed(caller, request.TraceId())),
                cancellationToken
            );
        }

        var call = new QuoteCall(asked with { Providers = providers }, clock, durable, request.TraceId(), caller, new RequestRates());
        if (asked.InstanceId is { } instance)
        {
            return await later.RespondAsync(request, call, instance, cancellationToken);
        }

        return await quotes.FindAsync(call, cancellationToken) switch
        {
            { Answer: { } answer } => await answer.RespondAsync(request, clock, metrics, cancellationToken),
            { PendingInstanceId: { } pending } => await later.RespondPendingAsync(request, asked, pending, clock, cancellationToken),
            { Problem: { } problem } => await request.RespondAsync(problem, cancellationToken),
            _ => throw new InvalidOperationException("A result is an answer, a problem or pending."),
        };
    }
}
