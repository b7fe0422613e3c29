using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Quorum.Functions.Messages;
using Quorum.Functions.Orchestrations;

namespace Quorum.Functions.Tests.Orchestrations;

/// <summary>The reason of a failure from what hosts and backends keep of it.</summary>
public sealed class FailedOrchestrationReasonTests
{
    [Theory]
    [InlineData("""{"message":"The function 'Nope' doesn't exist.","details":null}""", "The function 'Nope' doesn't exist.")]
    [InlineData("""{"details":null,"Message":"No such function."}""", "No such function.")]
    [InlineData("""{"ErrorType":"E","ErrorMessage":"It failed.","StackTrace":null}""", "It failed.")]
    [InlineData("""{"message":"{\"message\":\"It failed.\"}"}""", "It failed.")]
    [InlineData("""  {"message":"It failed."}""", "It failed.")]
    [InlineData("""{"code":7}""", """{"code":7}""")]
    [InlineData("""{"message":7}""", """{"message":7}""")]
    [InlineData("""{"message":null}""", """{"message":null}""")]
    [InlineData("""{"message":"\ud800"}""", """{"message":"\ud800"}""")]
    [InlineData("{cut off", "{cut off")]
    [InlineData("It failed.", "It failed.")]
    public void The_message_is_shown_alone(string kept, string reason)
    {
        Assert.Equal(reason, ReasonOf(Failed() with { Output = kept }));
        Assert.Equal(reason, ReasonOf(Failed() with { Message = kept }));
    }

    [Theory]
    [InlineData("{\n  \"message\": \"It failed.\"\n}", "It failed.")]
    [InlineData("\"It failed.\\n   at Quorum\"", "It failed.")]
    [InlineData("It failed.\n   at Quorum", "It failed.")]
    [InlineData("", null)]
    public void Of_an_output_of_several_lines_the_message_is_shown_alone(string output, string? reason) =>
        Assert.Equal(reason, ReasonOf(Failed() with { Output = output }));

    [Fact]
    public void A_key_in_the_message_is_masked()
    {
        var key = "qk_" + new string('a', 43);

        Assert.DoesNotContain(
            key,
            ReasonOf(Failed() with { Output = $$"""{"message":"The key {{key}} is wrong."}""" })!,
            StringComparison.Ordinal
        );
    }

    private static Failure Failed() => new(null, null);

    private static string? ReasonOf(Failure failure) =>
        FailedOrchestration
            .Of(
                new OrchestrationMetadata("Nope", "an-instance")
                {
                    SerializedOutput = failure.Output,
                    FailureDetails = failure.Message is { } message ? new TaskFailureDetails("E", message, null, null, null) : null,
                },
                new SecretMask(new ConfigurationBuilder().Build())
            )
            .Reason;

    private sealed record Failure(string? Output, string? Message);
}
