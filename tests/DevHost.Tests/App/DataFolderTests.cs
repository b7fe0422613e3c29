using Quorum.DevHost.App;
using Quorum.LocalServices;
using Quorum.Testing;

namespace Quorum.DevHost.Tests.App;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _local = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task First_user_gets_the_permanent_folder_and_leaves_its_data(bool orThrowaway)
    {
        await using (var data = DataFolder.Take(_local.Path, orThrowaway))
        {
            Assert.Equal((_local["data"], false), (data.Path, data.Throwaway));
            await File.WriteAllTextAsync(_local["data/kept"], "");
        }

        Assert.True(File.Exists(_local["data/kept"]));
    }

    [Fact]
    public void File_in_place_of_the_folder_is_an_error_that_names_it()
    {
        File.WriteAllText(_local["file"], "");

        var error = Assert.Throws<LocalServiceException>(() => DataFolder.Take(_local["file"], orThrowaway: true));

        Assert.StartsWith($"The data folder {_local["file"]} cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Name another one with --data.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_user_is_refused_with_the_remedies_until_the_first_has_ended()
    {
        await using (DataFolder.Take(_local.Path, orThrowaway: false))
        {
            var error = Assert.Throws<LocalServiceException>(() => DataFolder.Take(_local.Path, orThrowaway: false));

            Assert.StartsWith($"Another DevHost of this checkout runs and uses {_local["data"]}.", error.Message, StringComparison.Ordinal);
            Assert.Contains("--server URL", error.Message, StringComparison.Ordinal);
            Assert.Contains("ConnectionStrings__Quorum", error.Message, StringComparison.Ordinal);
        }

        await using var next = DataFolder.Take(_local.Path, orThrowaway: false);
        Assert.Equal(_local["data"], next.Path);
    }

    [Fact]
    public async Task Second_user_that_keeps_nothing_gets_a_folder_that_is_deleted_afterwards()
    {
        await using var first = DataFolder.Take(_local.Path, orThrowaway: true);
        string folder;
        await using (var second = DataFolder.Take(_local.Path, orThrowaway: true))
        {
            folder = second.Path;
            Assert.True(second.Throwaway);
            Assert.NotEqual(first.Path, folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "quotes"), "");
        }

        Assert.False(Directory.Exists(folder));
        Assert.True(Directory.Exists(first.Path));
    }

    public void Dispose() => _local.Dispose();
}
