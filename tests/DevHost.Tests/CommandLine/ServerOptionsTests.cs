namespace Quorum.DevHost.Tests.CommandLine;

[Collection(SerialConsole.Name)]
public sealed class ServerOptionsTests
{
    [Fact]
    public async Task Keys_come_from_the_environment_where_the_command_line_has_none()
    {
        var request = await QuoteAsync("function-secret", "qk_secret");

        Assert.Equal(("function-secret", "qk_secret"), (request?.Key, request?.ConsumerKey));
    }

    [Fact]
    public async Task Keys_of_the_command_line_are_preferred()
    {
        var request = await QuoteAsync("other", "qk_other", "--key", "function-secret", "--consumer-key=qk_secret");

        Assert.Equal(("function-secret", "qk_secret"), (request?.Key, request?.ConsumerKey));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n")]
    public async Task Empty_key_is_none(string empty)
    {
        Assert.Equal((null, null), Keys(await QuoteAsync(empty, empty)));
        Assert.Equal((null, null), Keys(await QuoteAsync("other", "qk_other", "--key", empty, "--consumer-key", empty)));

        static (string?, string?) Keys(ReceivedRequest? request)
        {
            Assert.NotNull(request);
            return (request.Key, request.ConsumerKey);
        }
    }

    [Fact]
    public async Task Line_break_after_a_key_that_was_read_from_a_file_is_no_part_of_it()
    {
        var request = await QuoteAsync(" function-secret\r\n", "qk_secret\n");

        Assert.Equal(("function-secret", "qk_secret"), (request?.Key, request?.ConsumerKey));
    }

    [Theory]
    [InlineData("sec\nret")]
    [InlineData("sec ret")]
    [InlineData("sécret")]
    public async Task Key_that_no_header_may_have_is_refused_without_its_value(string key)
    {
        await using var instance = await FakeInstance.StartAsync();

        var given = await RunAsync(instance, [], "keys", "list", "--key", key);
        var inherited = await RunAsync(instance, new() { ["QUORUM_CONSUMER_KEY"] = key }, "quote", "AAPL");

        const string Rule =
            " must have only letters, digits and punctuation of ASCII, without spaces or line breaks; its value is not shown.\n";
        Assert.Equal(new CommandRun(1, "", $"--key{Rule}"), given);
        Assert.Equal(new CommandRun(1, "", $"QUORUM_CONSUMER_KEY{Rule}"), inherited);
        Assert.Empty(instance.Requests);
    }

    [Fact]
    public async Task Consumers_key_is_not_sent_where_the_master_key_is_needed()
    {
        await using var instance = await FakeInstance.StartAsync();

        await RunAsync(instance, new() { ["QUORUM_KEY"] = "master-secret", ["QUORUM_CONSUMER_KEY"] = "qk_secret" }, "keys", "list");

        var request = Assert.Single(instance.Requests);
        Assert.Equal(("master-secret", null), (request.Key, request.ConsumerKey));
    }

    [Theory]
    [InlineData("127.0.0.1:7071")]
    [InlineData("/api")]
    [InlineData("")]
    [InlineData("http://user:secret@127.0.0.1:7071")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://127.0.0.1:7071/api")]
    public async Task Server_must_be_an_address_for_http_without_a_user_and_a_path(string address) =>
        Assert.Equal(
            new CommandRun(
                2,
                "",
                "--server must be an absolute http or https address without a user and a path, for example http://127.0.0.1:7071.\nSee --help.\n"
            ),
            await CommandRun.OfAsync("quote", "AAPL", "--server", address)
        );

    private static async Task<ReceivedRequest?> QuoteAsync(string key, string consumerKey, params string[] options)
    {
        await using var instance = await FakeInstance.StartAsync();
        await RunAsync(instance, new() { ["QUORUM_KEY"] = key, ["QUORUM_CONSUMER_KEY"] = consumerKey }, ["quote", "AAPL", .. options]);
        return instance.Requests.SingleOrDefault();
    }

    private static Task<CommandRun> RunAsync(FakeInstance instance, Dictionary<string, string> environment, params string[] args) =>
        CommandRun.OfAsync(environment, [.. args, "--server", instance.Address], CancellationToken.None);
}
