using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class PayloadFacts(Engine engine) : ContractFacts(engine)
{
    private const int Million = 1_000_000;

    [ContractFact]
    public async Task A_megabyte_goes_in_and_out()
    {
        var payload = new string('q', Million);
        var echo = Activity<string, string>(value => value);
        var orchestrator = Orchestrator<string, string>((context, input) => context.CallActivityAsync<string>(echo, input));

        Assert.Equal(payload, await RunAsync<string>(orchestrator, payload));
    }

    [ContractFact]
    public async Task A_megabyte_comes_as_an_event()
    {
        var payload = new string('q', Million);
        var instance = await StartAsync(Orchestrator<string>(context => context.WaitForExternalEvent<string>("large")));

        await Client.RaiseEventAsync(instance, "large", payload);

        Assert.Equal(payload, (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_megabyte_shows_as_custom_status()
    {
        var payload = new string('q', Million);
        var orchestrator = Orchestrator(context =>
        {
            context.SetCustomStatus(payload);
            return Task.CompletedTask;
        });

        Assert.Equal(payload, (await EndAsync(await StartAsync(orchestrator))).ReadCustomStatusAs<string>());
    }

    [ContractFact]
    public async Task A_history_of_several_megabytes_is_replayed()
    {
        var large = Activity<int, string>(number => new string((char)('a' + number), Million / 2));
        var orchestrator = Orchestrator<int>(async context =>
        {
            var length = 0;
            for (var number = 0; number < 6; number++)
            {
                length += (await context.CallActivityAsync<string>(large, number)).Length;
            }

            return length;
        });

        Assert.Equal(3 * Million, await RunAsync<int>(orchestrator));
    }

    [ContractFact]
    public async Task Every_letter_comes_back()
    {
        const string Text = "nul \0, tab \t, line \r\n, quote \" ' `, backslash \\, \u2028, 漢字, \U0001F600, \u007f, {0} $1 %s";
        var echo = Activity<string, string>(value => value);
        var orchestrator = Orchestrator<string, string>((context, input) => context.CallActivityAsync<string>(echo, input));

        Assert.Equal(Text, await RunAsync<string>(orchestrator, Text));
    }

    [ContractFact]
    public async Task Half_a_thousand_activities_fan_in()
    {
        var echo = Activity<int, int>(value => value);
        var orchestrator = Orchestrator<int>(async context =>
            (await Task.WhenAll(Enumerable.Range(0, 500).Select(value => context.CallActivityAsync<int>(echo, value)))).Sum()
        );

        Assert.Equal(499 * 500 / 2, await RunAsync<int>(orchestrator));
    }
}
