namespace Quorum.LocalServices.Folders;

/// <summary>A file that only its owner may read.</summary>
internal static class SecretFile
{
    /// <summary>Writes the file. A reader finds the whole text or no file.</summary>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var partial = path + ".partial";
        File.Delete(partial); // a file that exists would keep its mode
        await using (var writer = new StreamWriter(partial, options))
        {
            await writer.WriteAsync(text.AsMemory(), cancellationToken);
        }

        File.Move(partial, path, overwrite: true);
    }
}
