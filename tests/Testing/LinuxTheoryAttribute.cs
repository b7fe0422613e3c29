using Xunit;

namespace Quorum.Testing;

/// <summary>As <see cref="LinuxFactAttribute"/>, with several inputs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Needs Linux.";
        }
    }
}
