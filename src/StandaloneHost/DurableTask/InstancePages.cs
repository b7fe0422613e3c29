using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask.Hub;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>The instances that a query finds, page by page as they are asked for. A page's continuation token names its last instance, so that
/// it serves in any process and whatever is added or deleted meanwhile.</summary>
internal sealed class InstancePages(InstanceStore store, PayloadSerializer serializer, OrchestrationQuery query) : AsyncPageable<OrchestrationMetadata>
{
    public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = default, int? pageSizeHint = default)
    {
        var size = Math.Clamp(pageSizeHint ?? query.PageSize, 1, 1000);
        var after = Parse(continuationToken ?? query.ContinuationToken);
        while (true)
        {
            var page = await store.ListAsync(query, after, size, query.FetchInputsAndOutputs ? serializer : null, CancellationToken.None);
            var last = page.Count < size ? null : page[^1];
            after = last is null ? null : (last.CreatedAt, last.InstanceId);
            yield return new Page<OrchestrationMetadata>(
                page, last is null ? null : string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.UtcTicks}_{last.InstanceId}"));
            if (last is null)
            {
                yield break;
            }
        }
    }

    /// <summary>Reads a continuation token: the instance that was the last of its page.</summary>
    public static bool TryParse(string token, out (DateTimeOffset CreatedAt, string InstanceId) last)
    {
        var at = token.IndexOf('_', StringComparison.Ordinal);
        if (at > 0 && long.TryParse(token.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks)
        {
            last = (new DateTimeOffset(ticks, TimeSpan.Zero), token[(at + 1)..]);
            return true;
        }

        last = default;
        return false;
    }

    private static (DateTimeOffset CreatedAt, string InstanceId)? Parse(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        return TryParse(token, out var last) ? last : throw new ArgumentException("The continuation token is not one of this query's.", nameof(token));
    }
}
