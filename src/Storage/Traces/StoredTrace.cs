using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>The trace of a request that called the providers.</summary>
/// <param name="TraceId">W3C: 32 hexadecimal digits.</param>
/// <param name="InstanceId">The orchestration that the request started or joined.</param>
/// <param name="RecordedAt">The arrival of the request, UTC.</param>
/// <param name="Waterfall">
/// The spans as JSON; <see langword="null"/> for a request that joined: they are those of the request that started the instance.
/// </param>
public sealed record StoredTrace(string TraceId, string InstanceId, Symbol Symbol, DateTimeOffset RecordedAt, string? Waterfall);
