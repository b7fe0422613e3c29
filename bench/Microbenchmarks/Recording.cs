namespace Quorum.Microbenchmarks;

/// <summary>Reads the recordings in this assembly's resources.</summary>
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
