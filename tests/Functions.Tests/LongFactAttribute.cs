namespace Quorum.Functions.Tests;

/// <summary>A fact that takes minutes: only with <c>QUORUM_LONG_TESTS=1</c> in the environment.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("QUORUM_LONG_TESTS") is not { Length: > 0 })
        {
            Skip = "Takes minutes; set QUORUM_LONG_TESTS=1.";
        }
    }
}
