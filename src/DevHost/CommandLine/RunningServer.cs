using System.Net.Http.Headers;
using System.Text.Json;
using Quorum.LocalServices;

namespace Quorum.DevHost.CommandLine;

/// <summary>A running instance to ask.</summary>
/// <param name="Address">Its address, without <c>/api</c>.</param>
/// <param name="Key">Its function key; <see langword="null"/> to send none.</param>
/// <param name="ConsumerKey">A consumer's key; <see langword="null"/> to send none.</param>
internal sealed record RunningServer(Uri Address, string? Key, string? ConsumerKey = null)
{
    /// <summary>Returns the connections to an instance. They follow no redirect, which would carry the keys to another server.</summary>
    public static SocketsHttpHandler Connections() => new() { UseProxy = false, AllowAutoRedirect = false };

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
    /// <exception cref="LocalServiceException">The instance does not answer, or redirects.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        TimeSpan timeout,
        string? logs,
        CancellationToken cancellationToken
    )
    {
        using var http = new HttpClient(Connections()) { BaseAddress = Address, Timeout = timeout };
        AddKeys(request.Headers);
        try
        {
            var response = await http.SendAsync(request, cancellationToken);
            RejectRedirect(response);
            return response;
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

    /// <exception cref="LocalServiceException">The answer is a redirect.</exception>
    public void RejectRedirect(HttpResponseMessage response)
    {
        if ((int)response.StatusCode is >= 300 and < 400)
        {
            throw new LocalServiceException(
                $"{Address} redirects to {response.Headers.Location}. Redirects are not followed, since the keys are for the server that you name: "
                    + "give --server the right address."
            );
        }
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="LocalServiceException">The answer is not of the form that the app gives it.</exception>
    public T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LocalServiceException(
                $"{Address} did not answer as Quorum does. --server must be the address of an instance, without /api, for example http://127.0.0.1:7071.",
                exception
            );
        }
    }
}
