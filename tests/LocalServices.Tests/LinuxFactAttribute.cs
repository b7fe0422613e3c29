namespace Quorum.LocalServices.Tests;

/// <summary>A fact that looks at processes through /proc.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Needs /proc.";
        }
    }
}
