namespace Quorum.LocalServices.Tests;

/// <summary>A fact about Unix processes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Needs a Unix shell.";
        }
    }
}
