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

    /// <summary>Provider calls in an hour that one key may cause for symbols that neither the reference data nor any provider knows, in
    /// this process. Beyond it, symbols missing in the reference data get a 429, unless a quote of them is in memory. Callers without a
    /// consumer's key share one limit. Default 120.</summary>
    [Range(1, 1_000_000)]
    public int UnknownSymbolCalls { get; set; } = 120;
}
