using System.Text.Json;
using Quorum.Testing;

namespace Quorum.DevHost.Tests.Commands;

[Collection(SerialConsole.Name)]
public sealed class KeysCommandTests
{
    [Theory]
    [InlineData(
        401,
        "Requests for data now need a consumer's key in x-quorum-key beside the function key, or the master key; others get a 401."
    )]
    [InlineData(200, "Callers without a key are still served: this instance runs in development")]
    public async Task New_key_is_alone_on_standard_output_and_its_effect_on_others_is_told(int statusWithoutKey, string effect)
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("POST /api/consumers", 201, """{"name":"risk-desk","key":"qk_new"}""").On("HEAD /api/usage", statusWithoutKey, "");

        var run = await CommandRun.OfAsync("keys", "create", "risk-desk", "--server", instance.Address, "--key", "master-secret");

        Assert.Equal((0, "qk_new\n"), (run.Code, run.Output));
        Assert.StartsWith(
            "Consumer risk-desk is created. Its key, for the header x-quorum-key, is shown only here:\n" + effect,
            run.Errors,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("qk_new", run.Errors, StringComparison.Ordinal);
        Assert.Equal(
            [("POST /api/consumers", "master-secret"), ("HEAD /api/usage", null)],
            instance.Requests.Select(request => (request.Line, request.Key))
        );
    }

    [Fact]
    public async Task A_key_is_created_although_the_instance_breaks_off_the_question_that_follows()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance
            .On("POST /api/consumers", 201, """{"name":"risk-desk","key":"qk_new"}""")
            .On(
                "HEAD /api/usage",
                context =>
                {
                    context.Abort();
                    return Task.CompletedTask;
                }
            );

        var run = await CommandRun.OfAsync("keys", "create", "risk-desk", "--server", instance.Address, "--key", "master-secret");

        Assert.Equal((0, "qk_new\n"), (run.Code, run.Output));
        Assert.Contains("could not be found out: " + instance.Address, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"desk"}""", "desk")]
    [InlineData("""{"name":"desk","perSecond":5,"perDay":1000}""", "desk", "--per-day", "1000", "--per-second=5")]
    [InlineData(
        """{"name":"desk","perMinute":60,"providers":["finnhub","eodhd"]}""",
        "desk",
        "--per-minute",
        "60",
        "--providers",
        " finnhub, eodhd,"
    )]
    public async Task Only_limits_that_are_given_are_sent(string body, params string[] arguments)
    {
        await using var instance = await FakeInstance.StartAsync();

        await CommandRun.OfAsync(["keys", "create", .. arguments, "--server", instance.Address]);

        Assert.True(JsonElement.DeepEquals(Json(body), Json(Assert.Single(instance.Requests).Body)));
    }

    [Theory]
    [InlineData(409, """{"title":"Consumer exists","detail":"Revoke risk-desk first."}""", "Consumer exists: Revoke risk-desk first.\n")]
    [InlineData(503, "<html>", "ServiceUnavailable (status 503)\n")]
    public async Task Consumer_that_is_not_created_is_a_failure_and_leaves_standard_output_empty(int status, string body, string text)
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("POST /api/consumers", status, body);

        var run = await CommandRun.OfAsync("keys", "create", "risk-desk", "--server", instance.Address, "--key", "master-secret");

        Assert.Equal(new CommandRun(1, "", text), run);
        Assert.Single(instance.Requests);
    }

    [Theory]
    [InlineData("create", "risk-desk")]
    [InlineData("list")]
    public async Task Answer_of_another_program_is_an_error_about_the_address(params string[] arguments)
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("POST ", 200, "<html>").On("GET ", 200, """{"consumers":1}""");

        var run = await CommandRun.OfAsync(["keys", .. arguments, "--server", instance.Address]);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith($"{instance.Address}/ did not answer as Quorum does.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consumers_are_listed_with_their_limits()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On(
            "GET /api/consumers",
            200,
            """
            {"items":[
              {"name":"risk-desk","perSecond":null,"perMinute":60,"perDay":5000,"createdAt":"2026-11-20T15:00:00Z","providers":["finnhub","eodhd"]},
              {"name":"web","createdAt":"2026-11-21T15:00:00Z","providers":null}
            ]}
            """
        );

        var run = await CommandRun.OfAsync("keys", "list", "--server", instance.Address, "--key", "master-secret");

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Equal(
            [
                "NAME                     PER SECOND PER MINUTE    PER DAY  CREATED                      PROVIDERS",
                "risk-desk                         -         60       5000  2026-11-20T15:00:00Z         finnhub,eodhd",
                "web                               -          -          -  2026-11-21T15:00:00Z         all",
            ],
            run.Output.TrimEnd('\n').Split('\n')
        );
        Assert.Equal("master-secret", Assert.Single(instance.Requests).Key);
    }

    [Fact]
    public async Task Empty_list_says_that_no_key_is_needed()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("GET /api/consumers", 200, """{"items":[]}""");

        var run = await CommandRun.OfAsync("keys", "list", "--server", instance.Address);

        Assert.Equal("There are no consumers: everything belongs to one owner, and no key is needed in x-quorum-key.\n", run.Output);
    }

    [Fact]
    public async Task Revoked_key_is_confirmed()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("DELETE /api/consumers/", 204, "");

        var run = await CommandRun.OfAsync("keys", "revoke", "risk desk/1", "--server", instance.Address, "--key", "master-secret");

        Assert.Equal(new CommandRun(0, "", "The key of consumer risk desk/1 is revoked.\n"), run);
        Assert.Equal(
            ("DELETE /api/consumers/risk%20desk%2F1", "master-secret"),
            instance.Requests.Select(request => (request.Line, request.Key)).Single()
        );
    }

    [Fact]
    public async Task Consumer_that_cannot_be_revoked_is_a_failure()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("DELETE ", 404, """{"title":"Unknown consumer","detail":"There is no consumer 'desk'."}""");

        var run = await CommandRun.OfAsync("keys", "revoke", "desk", "--server", instance.Address);

        Assert.Equal(new CommandRun(1, "", "Unknown consumer: There is no consumer 'desk'.\n"), run);
    }

    [Fact]
    public async Task Refused_connection_is_a_failure()
    {
        using var port = new ClosedPort();

        var run = await CommandRun.OfAsync("keys", "list", "--server", $"http://127.0.0.1:{port.Number}", "--key", "master-secret");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("gave no answer: ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("master-secret", run.Errors, StringComparison.Ordinal);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
