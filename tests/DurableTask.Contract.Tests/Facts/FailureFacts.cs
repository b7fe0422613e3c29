using Microsoft.DurableTask;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class FailureFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task A_failed_orchestrator_shows_the_type_the_message_and_the_stack_of_its_exception()
    {
        var orchestrator = Orchestrator(_ => throw new InvalidOperationException("broken \U0001F600"));

        var failure = await FailAsync(orchestrator);

        Assert.Equal(typeof(InvalidOperationException).FullName, failure.ErrorType);
        Assert.Equal("broken \U0001F600", failure.ErrorMessage);
        Assert.Contains(nameof(FailureFacts), failure.StackTrace, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Inner_exceptions_come_along()
    {
        var orchestrator = Orchestrator(_ =>
            throw new InvalidOperationException("outer", new FormatException("middle", new TimeoutException("inner")))
        );

        var failure = await FailAsync(orchestrator);

        Assert.Equal((typeof(FormatException).FullName, "middle"), (failure.InnerFailure?.ErrorType, failure.InnerFailure?.ErrorMessage));
        Assert.Equal(typeof(TimeoutException).FullName, failure.InnerFailure?.InnerFailure?.ErrorType);
        Assert.Equal("inner", failure.InnerFailure?.InnerFailure?.ErrorMessage);
    }

    [ContractFact]
    public async Task A_failed_activity_throws_into_the_orchestrator_with_its_details()
    {
        var broken = Activity<object?, int>(_ => throw new FormatException("broken", new TimeoutException("inner")));
        var orchestrator = Orchestrator<List<string?>>(async context =>
        {
            try
            {
                await context.CallActivityAsync<int>(broken);
                return [];
            }
            catch (TaskFailedException failure)
            {
                var details = failure.FailureDetails;
                return
                [
                    failure.TaskName,
                    details.ErrorType,
                    details.ErrorMessage,
                    details.InnerFailure?.ErrorMessage,
                    $"{details.IsCausedBy<FormatException>()} {details.IsCausedBy<InvalidOperationException>()}",
                ];
            }
        });

        Assert.Equal(
            [broken.Name, typeof(FormatException).FullName, "broken", "inner", "True False"],
            await RunAsync<List<string?>>(orchestrator)
        );
    }

    [ContractFact]
    public async Task A_failed_activity_that_the_orchestrator_does_not_catch_fails_the_instance()
    {
        var broken = Activity<object?, int>(_ => throw new FormatException("broken"));
        var orchestrator = Orchestrator<int>(context => context.CallActivityAsync<int>(broken));

        var failure = await FailAsync(orchestrator);

        Assert.Equal(typeof(TaskFailedException).FullName, failure.ErrorType);
        Assert.Equal((typeof(FormatException).FullName, "broken"), (failure.InnerFailure?.ErrorType, failure.InnerFailure?.ErrorMessage));
    }

    [ContractFact]
    public async Task An_orchestrator_may_compensate_a_failure_and_go_on()
    {
        var broken = Activity<object?, int>(_ => throw new TimeoutException("broken"));
        var undo = Activity<string, string>(reason => $"undone: {reason}");
        var orchestrator = Orchestrator<string>(async context =>
        {
            try
            {
                await context.CallActivityAsync<int>(broken);
                return "no failure";
            }
            catch (TaskFailedException failure)
            {
                return await context.CallActivityAsync<string>(undo, failure.FailureDetails.ErrorMessage);
            }
        });

        Assert.Equal("undone: broken", await RunAsync<string>(orchestrator));
    }

    [ContractFact]
    public async Task A_fan_in_with_one_failure_fails_and_keeps_the_others()
    {
        var half = Activity<int, int>(value => value % 2 == 0 ? value / 2 : throw new FormatException($"{value} is odd"));
        var orchestrator = Orchestrator<string>(async context =>
        {
            var calls = Enumerable.Range(1, 4).Select(value => context.CallActivityAsync<int>(half, value)).ToList();
            try
            {
                await Task.WhenAll(calls);
            }
            catch (TaskFailedException)
            {
                // Each call is looked at below.
            }

            return string.Join(',', calls.Select(call => call.IsCompletedSuccessfully ? "ok" : "failed"));
        });

        Assert.Equal("failed,ok,failed,ok", await RunAsync<string>(orchestrator));
    }

    [ContractFact]
    public async Task Properties_of_an_exception_of_an_activity_come_along()
    {
        var broken = Activity<object?, int>(_ => throw new InsufficientFundsException("DE02", 30));
        var orchestrator = Orchestrator<string>(async context =>
        {
            try
            {
                await context.CallActivityAsync<int>(broken);
                return "no failure";
            }
            catch (TaskFailedException failure)
            {
                var properties = failure.FailureDetails.Properties;
                return $"{properties?["account"]} {properties?["missing"]}";
            }
        });

        Assert.Equal("DE02 30", await RunAsync<string>(orchestrator));
    }

    [ContractFact]
    public async Task Properties_of_an_exception_of_the_orchestrator_come_along()
    {
        var failure = await FailAsync(Orchestrator(_ => throw new InsufficientFundsException("DE02", 30)));

        Assert.Equal(("DE02", "30"), ($"{failure.Properties?["account"]}", $"{failure.Properties?["missing"]}"));
    }

    [ContractFact]
    public async Task A_failure_of_a_grandchild_shows_its_way_up()
    {
        var grandchild = Orchestrator<int>(_ => throw new TimeoutException("deep"));
        var child = Orchestrator<int>(context => context.CallSubOrchestratorAsync<int>(grandchild));
        var parent = Orchestrator<int>(context => context.CallSubOrchestratorAsync<int>(child));

        var failure = await FailAsync(parent);

        var chain = new List<string?>();
        for (var at = failure; at is not null; at = at.InnerFailure)
        {
            chain.Add(at.ErrorType);
        }

        Assert.Equal(
            [typeof(TaskFailedException).FullName, typeof(TaskFailedException).FullName, typeof(TimeoutException).FullName],
            chain
        );
    }

    [ContractFact]
    public async Task A_long_message_comes_along()
    {
        var message = new string('x', 100_000);

        Assert.Equal(message, (await FailAsync(Orchestrator(_ => throw new InvalidOperationException(message)))).ErrorMessage);
    }

    [ContractFact]
    public async Task An_input_of_another_type_fails_the_instance()
    {
        var orchestrator = Orchestrator<int, int>((_, value) => Task.FromResult(value));

        var failure = await FailAsync(orchestrator, "not a number");

        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, failure.ErrorType);
    }
}
