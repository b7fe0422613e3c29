namespace Quorum.LocalServices.Processes;

/// <summary>The output of a child process: its last lines in memory, all of it in a file that is restarted beyond a maximum size.</summary>
internal sealed class OutputLog : IDisposable
{
    private const int KeptLines = 40;
    private const long MaxFileBytes = 20 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<string> _last = new(KeptLines);
    private readonly string? _path;
    private StreamWriter? _file;

    public OutputLog(string? path)
    {
        _path = path;
        if (path is null)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!); // a full path of a file has a folder
        _file = Open(path);
    }

    public void Add(string line)
    {
        lock (_gate)
        {
            if (_last.Count == KeptLines)
            {
                _last.Dequeue();
            }

            _last.Enqueue(line);
            if (_file is null)
            {
                return;
            }

            _file.WriteLine(line);
            if (_file.BaseStream.Length > MaxFileBytes)
            {
                StartAnew();
            }
        }
    }

    public string[] LastLines()
    {
        lock (_gate)
        {
            return [.. _last];
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void StartAnew()
    {
        _file?.Dispose();
        File.Move(_path!, _path + ".1", overwrite: true); // a file is open, so it has a path
        _file = Open(_path!);
    }

    private static StreamWriter Open(string path) =>
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
}
