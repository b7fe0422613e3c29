using Microsoft.Extensions.Configuration;
using Quorum.StandaloneHost.Queues;

namespace Quorum.StandaloneHost.Tests.Queues;

public sealed class StorageConnectionTests
{
    private const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";

    [Theory]
    [InlineData("ConnectionStrings:Jobs")]
    [InlineData("Jobs")]
    public void A_connection_string_is_found_among_the_connection_strings_and_the_settings(string name)
    {
        var client = Open((name, $"DefaultEndpointsProtocol=https;AccountName=jobs;AccountKey={Key};EndpointSuffix=core.windows.net"));

        Assert.Equal("https://jobs.queue.core.windows.net/", client?.Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData("accountName", "jobs", "https://jobs.queue.core.windows.net/")]
    [InlineData("queueServiceUri", "https://jobs.queue.example/", "https://jobs.queue.example/")]
    [InlineData("serviceUri", "https://127.0.0.1:10001/jobs", "https://127.0.0.1:10001/jobs")]
    public void An_identity_needs_an_account_or_an_address(string setting, string value, string expected)
    {
        Assert.Equal(expected, Open(($"Jobs:{setting}", value))?.Uri.AbsoluteUri);
    }

    [Fact]
    public void An_address_precedes_an_account()
    {
        var client = Open(("Jobs:accountName", "jobs"), ("Jobs:queueServiceUri", "https://other.queue.example/"));

        Assert.Equal("https://other.queue.example/", client?.Uri.AbsoluteUri);
    }

    [Fact]
    public void Without_a_setting_there_is_no_connection()
    {
        Assert.Null(Open(("Other", "UseDevelopmentStorage=true")));
    }

    [Theory]
    [InlineData("http://jobs.queue.example", "a value that is not shown (25 characters)")] // it may hold a password
    [InlineData("jobs", "'jobs'")]
    public void An_address_that_is_not_https_is_rejected_with_the_rule(string address, string shown)
    {
        var fault = Assert.Throws<FormatException>(() => Open(("Jobs:serviceUri", address)));

        Assert.Contains(
            $"must be an absolute https address, since a token is sent there; got {shown}.",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_error_about_a_connection_string_does_not_repeat_its_key()
    {
        var fault = Assert.Throws<FormatException>(() => Open(("Jobs", $"AccountName=jobs;AccountKey={Key}=broken;Nonsense")));

        Assert.DoesNotContain(Key, fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountName=a")]
    [InlineData("AccountName=a;AccountKey=!!;EndpointSuffix=core.windows.net")]
    [InlineData("nonsense")]
    public void A_bad_connection_string_is_rejected_without_repeating_it(string text)
    {
        var fault = Assert.Throws<FormatException>(() => StorageConnection.Open(text));

        Assert.DoesNotContain("AccountKey=!!", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("accountName", "quorum", "https://quorum.queue.core.windows.net/")]
    [InlineData("queueServiceUri", "https://queues.example.test/", "https://queues.example.test/")]
    public void A_connection_without_a_key_uses_the_identity_of_the_process(string setting, string value, string expected)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    [$"AzureWebJobsStorage:{setting}"] = value,
                    ["AzureWebJobsStorage:credential"] = "managedidentity",
                }
            )
            .Build();

        Assert.Equal(expected, StorageConnection.Open(settings, "AzureWebJobsStorage")?.Uri.AbsoluteUri);
    }

    private static Azure.Storage.Queues.QueueServiceClient? Open(params (string Name, string Value)[] settings) =>
        StorageConnection.Open(
            new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value)))
                .Build(),
            "Jobs"
        );
}
