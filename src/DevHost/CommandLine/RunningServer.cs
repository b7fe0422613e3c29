using System.Net.Http.Headers;
using Quorum.LocalServices;

namespace Quorum.DevHost.CommandLine;

/// <summary>A running instance to ask.</summary>
/// <param name="Address">Its address, without <c>/api</c>.</param>
/// <param name="Key">Its function key; <see langword="null"/> to send none.</param>
/// <param name="ConsumerKey">A consumer's key; <see langword="null"/> to send none.</param>
internal sealed record RunningServer(Uri Address, string? Key, string? ConsumerKey = null)
{
    /// <summary>Adds the keys to the headers of a request.</summary>
    public void AddKeys(HttpRequestHeaders headers)
    {
        if (Key is not null)
        {
            headers.Add("x-functions-key", Key);
        }

        if (ConsumerKey is not null)
        {
            headers.Add("x-quorum-key", ConsumerKey);
        }
    }

    /// <summary>Sends one request with the keys.</summary>
    /// <param name="request">A request for an address relative to <see cref="Address"/>.</param>
    /// <param name="timeout">The time allowed for the answer.</param>
    /// <param name="logs">The folder to name when the instance does not answer; <see langword="null"/> when its logs are elsewhere.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="LocalServiceException">The instance does not answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        TimeSpan timeout,
        string? logs,
        CancellationToken cancellationToken
    )
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = timeout };
        AddKeys(request.Headers);
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (Exception exception)
            when (exception is HttpRequestException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new LocalServiceException(
                $"{Address} gave no answer: {exception.Message}{(logs is null ? "" : $" Logs: {logs}")}",
                exception
            );
        }
    }
}
