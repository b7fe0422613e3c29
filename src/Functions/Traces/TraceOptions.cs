using System.ComponentModel.DataAnnotations;

namespace Quorum.Functions.Traces;

/// <summary>Settings of traces: section <c>Quorum:Traces</c>. Their retention is <see cref="Retention.RetentionOptions.Traces"/>.</summary>
public sealed class TraceOptions
{
    public const string Section = "Quorum:Traces";

    /// <summary>Spans of requests that ask the providers are collected, and stored after the answer. Default true; off, nothing is
    /// collected.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests in a second whose spans are kept at most; of more, those that come first. Default 50; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int PerSecond { get; set; } = 50;
}
