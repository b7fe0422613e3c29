namespace Quorum.LocalServices.Processes;

/// <summary>The output of a child process: its last lines in memory, all of it in a file that is restarted beyond a maximum size.</summary>
internal sealed class OutputLog : IDisposable
{
    private const int KeptLines = 40;
    private const long MaxFileBytes = 20 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<string> last = new(KeptLines);
    private readonly string? path;
    private StreamWriter? file;

    public OutputLog(string? path)
    {
        this.path = path;
        if (path is null)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!); // a full path of a file has a folder
        file = Open(path);
    }

    public void Add(string line)
    {
        lock (gate)
        {
            if (last.Count == KeptLines)
            {
                last.Dequeue();
            }

            last.Enqueue(line);
            if (file is null)
            {
                return;
            }

            file.WriteLine(line);
            if (file.BaseStream.Length > MaxFileBytes)
            {
                StartAnew();
            }
        }
    }

    public string[] LastLines()
    {
        lock (gate)
        {
            return [.. last];
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            file = null;
        }
    }

    private void StartAnew()
    {
        file?.Dispose();
        File.Move(path!, path + ".1", overwrite: true); // a file is open, so it has a path
        file = Open(path!);
    }

    private static StreamWriter Open(string path) =>
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
}
