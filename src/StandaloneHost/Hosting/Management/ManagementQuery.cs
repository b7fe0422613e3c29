using System.Collections.Specialized;
using System.Globalization;
using System.Text;
using Microsoft.DurableTask.Client;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>The query parameters of the management API. As in the extension, a value that cannot be read counts as not given.</summary>
internal sealed class ManagementQuery(NameValueCollection query)
{
    public bool ShowHistory => Flag("showHistory", otherwise: false);

    public bool ShowHistoryOutput => Flag("showHistoryOutput", otherwise: false);

    public bool ShowInput => Flag("showInput", otherwise: true);

    public bool ServerErrorOnFailure => Flag("returnInternalServerErrorOnFailure", otherwise: false);

    public DateTimeOffset? CreatedFrom => Time("createdTimeFrom");

    public DateTimeOffset? CreatedTo => Time("createdTimeTo");

    public string? InstanceIdPrefix => Text("instanceIdPrefix");

    public string? Reason => Text("reason");

    public int? Top => int.TryParse(query["top"], CultureInfo.InvariantCulture, out var top) && top > 0 ? top : null;

    /// <summary>The time for which a start waits for the end; null for no wait.</summary>
    public TimeSpan? Timeout =>
        double.TryParse(query["timeout"], CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 3600
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>The statuses to return; null for any.</summary>
    public IReadOnlyList<OrchestrationRuntimeStatus>? Statuses
    {
        get
        {
            var statuses = new List<OrchestrationRuntimeStatus>();
            foreach (
                var name in (query["runtimeStatus"] ?? "").Split(
                    ',',
                    StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                )
            )
            {
                if (Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status) && Enum.IsDefined(status))
                {
                    statuses.Add(status);
                }
            }

            return statuses.Count == 0 ? null : statuses;
        }
    }

    // An escape such as %uD800 may leave half a surrogate pair, which cannot be stored.
    private string? Text(string name) => query[name] is { } text ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : null;

    private bool Flag(string name, bool otherwise) => bool.TryParse(query[name], out var value) ? value : otherwise;

    private DateTimeOffset? Time(string name) =>
        DateTimeOffset.TryParse(query[name], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
