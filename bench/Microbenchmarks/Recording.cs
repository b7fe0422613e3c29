namespace Quorum.Microbenchmarks;

/// <summary>What was recorded, from the resources of this assembly.</summary>
internal static class Recording
{
    public static byte[] Load(string name)
    {
        using var resource =
            typeof(Recording).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"This assembly has no recording {name}.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
