using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Telemetry;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// <c>GET quotes?symbols=</c>: the consolidated quotes of several instruments, inside one budget. Each is handled as by
/// <see cref="GetQuote"/>, with its own orchestration, shared with other requests for the same symbol; providers that take many symbols get
/// them in one request.
/// </summary>
public sealed class GetQuotes(
    InstrumentCatalogue catalogue,
    ConvertedQuotes quotes,
    AppMetrics metrics,
    TimeProvider time,
    IOptions<QuoteOptions> options
)
{
    private readonly int? _agree = options.Value.Agree;

    [Function(nameof(GetQuotes))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "quotes")] HttpRequestData request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var clock = new RequestClock(time);
        if (!QuoteRequest.TryParseMany(request.Query, catalogue, _agree, out var items, out var faults) || request.HasBody())
        {
            var all = request.HasBody() ? [.. faults, new InvalidParameter("body", null, "must be empty")] : faults;
            return await request.RespondAsync(all, cancellationToken);
        }

        var traceId = request.TraceId();
        var caller = Caller.Of(request);
        var selection = items.Select(item => item.Request?.Providers).FirstOrDefault(given => given is not null) ?? ProviderSelection.All;
        if (!caller.TryNarrow(selection, out var providers))
        {
            return await request.RespondAsync(caller.Refuse(ConsumerProblems.ProviderNotAllowed(caller, traceId)), cancellationToken);
        }

        var rates = new RequestRates();
        var calls = items
            .Select(item =>
                item.Request is { } asked
                    ? new QuoteCall(asked with { Providers = providers }, clock, durable, traceId, caller, rates, items.Count > 1)
                    : null
            )
            .ToArray();
        var results = await Task.WhenAll(items.Select((item, place) => FindAsync(item, calls[place], traceId, cancellationToken)));

        var response = request.CreateResponse(HttpStatusCode.OK);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        await response.Body.WriteAsync("{\"items\":["u8.ToArray(), cancellationToken);
        for (var place = 0; place < results.Length; place++)
        {
            if (place > 0)
            {
                await response.Body.WriteAsync(","u8.ToArray(), cancellationToken);
            }

            await WriteAsync(response.Body, items[place].Name, calls[place], results[place], traceId, cancellationToken);
        }

        await response.Body.WriteAsync("]}"u8.ToArray(), cancellationToken);
        return response;
    }

    private async Task<QuoteResult> FindAsync(QuoteListItem item, QuoteCall? call, string traceId, CancellationToken cancellationToken) =>
        call is not null
            ? await quotes.FindAsync(call, cancellationToken)
            : RequestProblems.InvalidRequest(item.Fault is { } fault ? [fault] : [], traceId);

    private async Task WriteAsync(
        Stream body,
        string symbol,
        QuoteCall? call,
        QuoteResult result,
        string traceId,
        CancellationToken cancellationToken
    )
    {
        if (call is not null && result.Answer is { } answer)
        {
            await answer.WriteItemAsync(body, call, metrics, cancellationToken);
            return;
        }

        if (call is not null && result.PendingInstanceId is { } pending)
        {
            metrics.Answered(ServedFrom.Later, call.Clock.Elapsed, overhead: null);
            await QuoteList.WriteAsync(body, symbol, QuoteProblems.Pending(call.Request.Symbol, pending, traceId), cancellationToken);
            return;
        }

        await QuoteList.WriteAsync(
            body,
            symbol,
            result.Problem ?? throw new InvalidOperationException("A result is an answer, a problem or pending."),
            cancellationToken
        );
    }
}

/// <summary>One of the symbols of a <c>GET quotes</c> request.</summary>
/// <param name="Name">The canonical symbol; the caller's own text if it is invalid.</param>
/// <param name="Request">The request for the symbol; <see langword="null"/> if the text is invalid.</param>
/// <param name="Fault">The rule that the text breaks; <see langword="null"/> for a valid symbol.</param>
public sealed record QuoteListItem(string Name, QuoteRequest? Request, InvalidParameter? Fault)
{
    private const int MaxNameLength = 64;

    /// <param name="text">As the caller wrote it.</param>
    /// <param name="asked">All but the symbol.</param>
    /// <param name="catalogue">Reads the symbol.</param>
    internal static QuoteListItem Read(string text, QuoteRequest asked, InstrumentCatalogue catalogue) =>
        catalogue.TryRead(text, out var symbol, out var rule)
            ? new QuoteListItem(symbol.ToString(), asked with { Symbol = symbol }, null)
            : new QuoteListItem(
                text.Length <= MaxNameLength ? text : text[..MaxNameLength],
                null,
                new InvalidParameter("symbols", text, rule)
            );
}

/// <summary>Writes the items of <c>GET quotes</c> that are problems.</summary>
internal static class QuoteList
{
    /// <summary>Writes the problem with the symbol as its first member.</summary>
    public static async Task WriteAsync(Stream body, string symbol, Problem problem, CancellationToken cancellationToken)
    {
        await body.WriteAsync("{\"symbol\":"u8.ToArray(), cancellationToken);
        await body.WriteAsync(ApiJson.Write(symbol, HttpJson.Default.String), cancellationToken);
        await body.WriteAsync(","u8.ToArray(), cancellationToken);
        await body.WriteAsync(ApiJson.Write(problem, HttpJson.Default.Problem)[1..], cancellationToken);
    }
}
