namespace Quorum.Infra.Tests.Bicep;

/// <summary>A fact that needs the Bicep compiler; skipped on a platform without one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepFactAttribute : FactAttribute
{
    internal const string Reason = "Needs the Bicep compiler, which is referenced for Linux x64 only.";

    public BicepFactAttribute()
    {
        if (BicepCompiler.Program is null)
        {
            Skip = Reason;
        }
    }
}

/// <summary>A theory that needs the Bicep compiler; skipped on a platform without one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepTheoryAttribute : TheoryAttribute
{
    public BicepTheoryAttribute()
    {
        if (BicepCompiler.Program is null)
        {
            Skip = BicepFactAttribute.Reason;
        }
    }
}
