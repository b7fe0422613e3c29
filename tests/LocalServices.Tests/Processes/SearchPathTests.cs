using Quorum.LocalServices.Processes;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Processes;

[Collection(SerialEnvironment.Name)]
public sealed class SearchPathTests : IDisposable
{
    private static readonly string Ending = OperatingSystem.IsWindows() ? ".cmd" : "";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void First_folder_with_the_program_is_the_one()
    {
        var (first, second) = (Create("first/tool"), Create("second/tool"));
        Create("first/other");

        Assert.Equal(first, Find("tool", "empty", "first", "second"));
        Assert.Equal(second, Find("tool", "second", "first"));
    }

    [Fact]
    public void Program_that_is_in_none_of_the_folders_is_not_found()
    {
        Create("first/tool");

        Assert.Null(Find("tool", "second", "no-such-folder"));
        Assert.Null(Find("tools", "first"));
    }

    [Fact]
    public void Folder_of_that_name_is_no_program()
    {
        Directory.CreateDirectory(_folder["first/tool" + Ending]);
        var program = Create("second/tool");

        Assert.Equal(program, Find("tool", "first", "second"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Empty_entry_is_not_the_working_directory(string? path)
    {
        var here = Path.GetRelativePath(Environment.CurrentDirectory, Create("tool"));
        using var variable = new TemporaryVariable("PATH", path);

        Assert.Null(SearchPath.Find(Path.ChangeExtension(here, null)));
    }

    public void Dispose() => _folder.Dispose();

    private string? Find(string name, params string[] folders)
    {
        using var path = new TemporaryVariable(
            "PATH",
            string.Join(Path.PathSeparator, folders.Select(entry => _folder[entry]).Prepend(""))
        );
        return SearchPath.Find(name);
    }

    private string Create(string name)
    {
        var path = _folder[name + Ending];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // below the temporary folder
        File.WriteAllText(path, "");
        return path;
    }
}
