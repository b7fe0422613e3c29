using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Durable;

/// <summary>Requests that the management API refuses, and who may send them.</summary>
public sealed class ManagementRequestTests
{
    private const string TooLong = "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890";
    private const string Instances = "runtime/webhooks/durabletask/instances";

    [Theory]
    [InlineData("GET", Instances + "/unknown")]
    [InlineData("DELETE", Instances + "/unknown")]
    [InlineData("POST", Instances + "/unknown/terminate")]
    [InlineData("POST", Instances + "/unknown/rewind")]
    [InlineData("POST", Instances + "/unknown/raiseEvent/X")]
    [InlineData("POST", Instances + "/unknown/dance")]
    [InlineData("PUT", Instances)]
    [InlineData("GET", "runtime/webhooks/durabletask")]
    [InlineData("GET", "runtime/webhooks/durabletaskx/instances")]
    public async Task What_does_not_exist_is_a_404_problem(string method, string path)
    {
        await using var app = await DurableApp.StartAsync();
        using var response = await app.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        await ProblemAssert.IsAsync(response, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", Instances + "/%FF")]
    [InlineData("GET", Instances + "?instanceIdPrefix=%FF")]
    [InlineData("POST", "runtime/webhooks/durabletask/orchestrators/GreetAll/%C3")]
    public async Task An_address_that_is_not_UTF_8_is_a_400_problem(string method, string path)
    {
        await using var app = await DurableApp.StartAsync();
        var answer = await RawHttp.SendAsync(
            app.Running.Address,
            $"{method} /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        );
        Assert.Equal(400, answer.Status);
        ProblemAssert.Is(answer.Body, 400);
    }

    [Theory]
    [InlineData("/Unknown", "\"Ada\"", "no orchestrator of this name")]
    [InlineData("/GreetAll", "{ broken", "not JSON")]
    [InlineData("/GreetAll", "\"Ada\" \"Bob\"", "not JSON")]
    [InlineData("/GreetAll/line%0Abreak", "\"Ada\"", "1 to 100 characters")]
    [InlineData("/GreetAll/" + TooLong, "\"Ada\"", "1 to 100 characters")]
    public async Task A_start_that_cannot_be_made_is_a_400_problem_with_the_reason(string path, string body, string reason)
    {
        await using var app = await DurableApp.StartAsync();

        using var response = await app.Client.PostAsync(
            "runtime/webhooks/durabletask/orchestrators" + path,
            new StringContent(body, Encoding.UTF8, "application/json")
        );

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await app.Client.GetFromJsonAsync<JsonElement[]>(Instances) ?? []);
    }

    [Fact]
    public async Task A_continuation_token_of_another_origin_is_a_400_problem()
    {
        await using var app = await DurableApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Instances);
        request.Headers.Add("x-ms-continuation-token", "invented");

        using var response = await app.Client.SendAsync(request);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains("x-ms-continuation-token", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("invented", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", Instances, "Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("POST", "runtime/webhooks/durabletask/orchestrators/GreetAll", "Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("GET", Instances, "Host", "evil.example", HttpStatusCode.BadRequest)]
    [InlineData("POST", "runtime/webhooks/durabletask/orchestrators/GreetAll", "Host", "evil.example", HttpStatusCode.BadRequest)]
    public async Task While_keys_are_off_pages_of_other_sites_neither_read_nor_start_instances(
        string method,
        string path,
        string header,
        string value,
        HttpStatusCode status
    )
    {
        await using var app = await DurableApp.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add(header, value);
        using var response = await app.Client.SendAsync(request);
        await ProblemAssert.IsAsync(response, status);
        Assert.Empty(await app.Client.GetFromJsonAsync<JsonElement[]>(Instances) ?? []);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData("function-key-0123456789", HttpStatusCode.Unauthorized)]
    [InlineData("system-key-0123456789", HttpStatusCode.OK)]
    [InlineData("master-key-0123456789", HttpStatusCode.OK)]
    public async Task Where_keys_are_asked_for_it_takes_the_system_or_the_master_key(string? key, HttpStatusCode expected)
    {
        await using var app = await DurableApp.StartAsync(
            "--Functions:Authorization:Enabled",
            "true",
            "--Functions:Keys:Master",
            "master-key-0123456789",
            "--Functions:Keys:Function:default",
            "function-key-0123456789",
            "--Functions:Keys:System:durabletask",
            "system-key-0123456789"
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, Instances);
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_request_whatever_its_path_query_and_body_makes_it_fail(int seed)
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);
        var random = new Random(seed);
        string[] methods = ["GET", "POST", "DELETE", "PUT", "HEAD", "PATCH"];
        string[] parts =
        [
            "instances",
            "orchestrators",
            "w1",
            "none",
            "GreetAll",
            "raiseEvent",
            "terminate",
            "rewind",
            "suspend",
            "resume",
            "Approval",
            "..",
            "%2F",
            "%25",
            "a%20b",
            "%C3%BC",
            "%F0%9F%98%80",
            "%FF",
            "x{y}",
            new string('i', 101),
            new string('l', 4000),
            "'; drop table taskhub.instances; --",
            "%0A",
            "%7F",
        ];
        string[] names =
        [
            "createdTimeFrom",
            "createdTimeTo",
            "runtimeStatus",
            "instanceIdPrefix",
            "top",
            "showHistory",
            "showInput",
            "reason",
            "code",
            "taskHub",
            "returnInternalServerErrorOnFailure",
        ];
        string[] values =
        [
            "",
            "0",
            "-1",
            "99999999999",
            "true",
            "2026-11-25T00:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59.9999999-14:00",
            "Running,nonsense",
            "Completed",
            "%00",
            "%uD800",
            "%ud83d%ude00",
            "a%26b",
            "'",
            new string('v', 3000),
        ];
        byte[][] bodies =
        [
            [],
            "{}"u8.ToArray(),
            "\"\\u0000\""u8.ToArray(),
            "\"\\ud800\""u8.ToArray(),
            [0x22, 0xFF, 0x22],
            "nonsense"u8.ToArray(),
            Encoding.UTF8.GetBytes(new string('[', 2000)),
        ];
        for (var n = 0; n < 400; n++)
        {
            var path = string.Join(
                '/',
                Enumerable.Range(0, random.Next(1, 5)).Select(i => i == 0 ? parts[random.Next(2)] : parts[random.Next(parts.Length)])
            );
            var query = string.Join(
                '&',
                Enumerable.Range(0, random.Next(4)).Select(_ => $"{names[random.Next(names.Length)]}={values[random.Next(values.Length)]}")
            );
            var address = $"runtime/webhooks/durabletask/{path}?{query}";
            using var request = new HttpRequestMessage(new HttpMethod(methods[random.Next(methods.Length)]), address);
            if (request.Method == HttpMethod.Post)
            {
                request.Content = new ByteArrayContent(bodies[random.Next(bodies.Length)]);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(3) == 0 ? "text/odd" : "application/json");
            }

            if (random.Next(4) == 0)
            {
                request.Headers.TryAddWithoutValidation("x-ms-continuation-token", values[random.Next(values.Length)]);
            }

            using var response = await app.Client.SendAsync(request);

            Assert.True((int)response.StatusCode < 500, $"seed {seed}, {n}: {request.Method} {address} gave {(int)response.StatusCode}");
        }
    }
}
