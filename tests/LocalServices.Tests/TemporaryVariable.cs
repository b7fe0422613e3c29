namespace Quorum.LocalServices.Tests;

/// <summary>A variable of this process that has its former value again at the end.</summary>
internal sealed class TemporaryVariable : IDisposable
{
    private readonly string name;
    private readonly string? before;

    public TemporaryVariable(string name, string? value)
    {
        this.name = name;
        before = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(name, before);
}
