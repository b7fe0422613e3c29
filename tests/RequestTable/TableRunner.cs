using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Quorum.RequestTable;

/// <summary>Sends the requests of the table to an app, one after the other.</summary>
public sealed class TableRunner : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60),
        Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http;
    private readonly bool _isFunctions;
    private readonly string? _key;
    private readonly string _run = Guid.NewGuid().ToString("N")[..12];

    /// <param name="address">The app's address, without <c>/api</c>.</param>
    /// <param name="host"><c>standalone</c> or <c>functions</c>.</param>
    /// <param name="key">A function key; <see langword="null"/> where the app requires none: requests about keys are then skipped.</param>
    public TableRunner(Uri address, string host, string? key)
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(60),
        };
        (_isFunctions, _key) = (host is "functions", key);
    }

    /// <summary>Compares each answer with the recorded one.</summary>
    /// <returns>The number of requests sent, and a text for each answer that differs.</returns>
    public async Task<(int Compared, IReadOnlyList<string> Differences)> CompareAsync(CancellationToken cancellationToken)
    {
        var (compared, differences) = (0, new List<string>());
        foreach (var entry in Table().Where(IsSent))
        {
            compared++;
            var expected = _isFunctions ? entry.Different ?? entry.Expected : entry.Expected;
            string answered;
            try
            {
                answered = await AskAsync(entry, cancellationToken);
            }
            catch (TimeoutException exception)
            {
                answered = exception.Message;
            }

            if (answered != expected)
            {
                differences.Add($"{entry.Method} {entry.Path}\n  recorded  {expected}\n  answered  {answered}");
            }
        }

        return (compared, differences);
    }

    /// <summary>
    /// Returns the table with the answers of this app. Answers of the Functions host are recorded beside the others where they differ.
    /// </summary>
    public async Task<string> RecordAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        foreach (var entry in Table())
        {
            var recorded = entry;
            if (IsSent(entry))
            {
                var answered = await AskAsync(entry, cancellationToken);
                recorded =
                    !_isFunctions ? entry with { Expected = answered }
                    : answered == entry.Expected ? entry with { Different = null, Reason = null }
                    : entry with { Different = answered, Reason = entry.Reason ?? "TELL WHY" };
            }

            lines.AddRange(recorded.Lines());
        }

        return string.Join('\n', lines) + "\n";
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static IReadOnlyList<Entry> Table()
    {
        using var table = typeof(TableRunner).Assembly.GetManifestResourceStream("requests.txt")!; // built in
        using var reader = new StreamReader(table);
        return Entry.Parse(reader.ReadToEnd());
    }

    private bool IsSent(Entry entry) => _key is not null || !entry.WithoutKey;

    /// <exception cref="TimeoutException">The text that the entry waits for did not appear.</exception>
    private async Task<string> AskAsync(Entry entry, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            using var request = Request(entry);
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            if (entry.Until is null || body.Contains(entry.Until, StringComparison.Ordinal))
            {
                return AnswerText.Of(response, body, _http.BaseAddress!.GetLeftPart(UriPartial.Authority), _run); // set in the constructor
            }

            if (Stopwatch.GetElapsedTime(begun) > MaxWait)
            {
                throw new TimeoutException(
                    $"{entry.Method} {entry.Path} did not answer with {entry.Until} within {MaxWait.TotalSeconds} s, but with {body}"
                );
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private HttpRequestMessage Request(Entry entry)
    {
        var request = new HttpRequestMessage(new HttpMethod(entry.Method), new Uri(Filled(entry.Path), UriKind.Relative));
        if (!entry.WithoutKey && _key is not null)
        {
            request.Headers.Add("x-functions-key", _key);
        }

        if (entry.Body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Filled(entry.Body)));
        }

        foreach (var (name, value) in entry.Headers)
        {
            if (name is "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value); // called only for requests with a body
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, Filled(value));
            }
        }

        return request;
    }

    private string Filled(string text) =>
        text.Replace("{run}", _run, StringComparison.Ordinal).Replace("{key}", _key, StringComparison.Ordinal);
}
