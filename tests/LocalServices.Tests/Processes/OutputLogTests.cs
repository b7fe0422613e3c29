using Quorum.LocalServices.Processes;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Processes;

public sealed class OutputLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogFile => _folder["logs/serve/app.log"];

    [Fact]
    public void Last_forty_lines_are_kept_in_memory_and_all_of_them_in_the_file()
    {
        var lines = Enumerable.Range(1, 50).Select(number => $"line {number}").ToList();
        using var log = new OutputLog(LogFile);

        lines.ForEach(log.Add);

        Assert.Equal(lines[10..], log.LastLines());
        Assert.Equal(lines, ReadWhileOpen());
    }

    [Fact]
    public void File_of_an_earlier_run_is_continued()
    {
        Write("yesterday");
        Write("today");

        Assert.Equal(["yesterday", "today"], File.ReadAllLines(LogFile));

        void Write(string line)
        {
            using var log = new OutputLog(LogFile);
            log.Add(line);
        }
    }

    [Fact]
    public void Log_without_a_file_keeps_its_last_lines_only()
    {
        using var log = new OutputLog(path: null);

        log.Add("ready");

        Assert.Equal(["ready"], log.LastLines());
    }

    [Fact]
    public void Line_after_the_end_is_kept_in_memory_and_the_file_stays_closed()
    {
        var log = new OutputLog(LogFile);
        log.Add("last words");

        log.Dispose();
        log.Add("late");

        Assert.Equal(["last words", "late"], log.LastLines());
        Assert.Equal(["last words"], File.ReadAllLines(LogFile));
    }

    [Fact]
    public void File_beyond_its_maximum_size_is_kept_once_and_a_new_one_begins()
    {
        var mebibyte = new string('x', 1024 * 1024);
        Directory.CreateDirectory(_folder["logs/serve"]);
        File.WriteAllText(LogFile + ".1", "the one before");
        using var log = new OutputLog(LogFile);

        for (var count = 0; count < 20; count++)
        {
            log.Add(mebibyte);
        }

        log.Add("next");

        Assert.Equal(20 * (mebibyte.Length + Environment.NewLine.Length), new FileInfo(LogFile + ".1").Length);
        Assert.Equal(["next"], ReadWhileOpen());
        Assert.Equal(mebibyte, log.LastLines()[0]);
    }

    public void Dispose() => _folder.Dispose();

    private string[] ReadWhileOpen()
    {
        using var reader = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
