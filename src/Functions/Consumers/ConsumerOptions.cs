using System.ComponentModel.DataAnnotations;

namespace Quorum.Functions.Consumers;

/// <summary>The consumers' keys and usage: section <c>Quorum:Consumers</c>.</summary>
public sealed class ConsumerOptions
{
    public const string Section = "Quorum:Consumers";

    /// <summary>The interval at which a process stores its usage in PostgreSQL and loads the keys. A key that another process revoked works
    /// until then, and several processes may exceed a daily limit by their usage in this time. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(2);
}
