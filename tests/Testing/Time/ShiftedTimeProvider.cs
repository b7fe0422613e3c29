namespace Quorum.Testing.Time;

/// <summary>The real clock, so much later or earlier.</summary>
public sealed class ShiftedTimeProvider(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
