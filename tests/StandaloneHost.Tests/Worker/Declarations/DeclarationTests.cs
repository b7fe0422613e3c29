using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Tests.Worker.App;

#pragma warning disable CA1801, IDE0060, CA1822, xUnit1013 // what is declared wrongly is the point

namespace Quorum.StandaloneHost.Tests.Worker.Declarations;

public sealed class DeclarationTests
{
    [Fact]
    public void Every_fault_of_every_function_stops_the_start_with_its_reason()
    {
        var error = Assert.Throws<FunctionDeclarationException>(() =>
            RunningApp.CreateBuilder([typeof(Faulty), typeof(Hidden), typeof(Generic<>)], directory: null).Build()
        );
        string[] expected =
        [
            "'1st'",
            "the name must be",
            "'EndsWithLineBreak\n'",
            "'NoTrigger'",
            "it has no trigger",
            "'TwoTriggers'",
            "it has 2 triggers",
            "'Unbindable'",
            "parameter 'Uri where' cannot be bound",
            "'WrongRequest'",
            "asks for the type HttpRequestData",
            "'WrongClient'",
            "asks for the type DurableTaskClient",
            "'WrongResult'",
            "it returns Int32",
            "'AsyncVoid'",
            "async void",
            "'BadRoute'",
            "no route template",
            "'UnknownConstraint'",
            "the constraint 'colour' is not known",
            "'Rooted'",
            "must not begin with '/'",
            "'RouteToUri'",
            "a route value cannot become this type",
            "the function name 'twice' is declared 2 times",
            "the activity 'Same' is declared 2 times",
            "'SameRouteOne' and 'SameRouteTwo' answer the same requests",
            "'NotPublic'",
            "must be public",
            "'InHidden'",
            "'InGeneric'",
            "neither generic",
            "'NoAccount'",
            "the setting 'AzureWebJobsStorage' is missing. Set it to a connection string",
            "'OtherAccount'",
            "the setting 'Elsewhere' is missing. Set it to a connection string",
            "'BadQueueName'",
            "the queue name 'no_underscores'",
            "'MissingSetting'",
            "names the setting 'Nowhere', which is missing",
            "'BadSchedule'",
            "'every minute' is not an NCRONTAB expression",
            "'TimerToString'",
            "asks for the type TimerInfo",
            "'NothingToSend'",
            "it has an output for its result, and returns none",
            "'TwoResponses'",
            "property 'Second' cannot be the HTTP response",
            "'ResponseWithoutRequest'",
            "property 'First' is an HTTP response, and nothing asks over HTTP",
            "'SendingOrchestrator'",
            "an orchestrator has no outputs",
        ];
        foreach (var part in expected)
        {
            Assert.Contains(part, error.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void A_service_that_is_not_registered_stops_the_start()
    {
        var error = Assert.Throws<FunctionDeclarationException>(() =>
            RunningApp.CreateBuilder([typeof(HttpFunctions)], directory: null).Build()
        );
        Assert.Contains($"asks for '{typeof(Signals)} signals'", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Routes_that_differ_by_a_constraint_or_a_method_can_stand_side_by_side()
    {
        using var host = RunningApp.CreateBuilder([typeof(SideBySide)], directory: null).Build();
        Assert.NotNull(host);
    }

    [Theory]
    [InlineData("AzureWebJobs.Unused.Disabled=true")]
    [InlineData("AzureWebJobs.Unused.Disabled=1")]
    [InlineData("AzureWebJobs:Unused:Disabled=True")]
    public void A_function_that_a_setting_switches_off_is_left_out(string setting)
    {
        using var host = RunningApp.CreateBuilder([typeof(Unused)], directory: null, setting).Build();
        Assert.NotNull(host);
    }

    [Theory]
    [InlineData("AzureWebJobs.Unused.Disabled=false", "it has no trigger")]
    [InlineData("AzureWebJobs.Unused.Disabled=0", "it has no trigger")]
    [InlineData("AzureWebJobs.Another.Disabled=true", "it has no trigger")]
    [InlineData("AzureWebJobs.Unused.Disabled=yes", "The setting 'AzureWebJobs.Unused.Disabled' must be true or false; got 'yes'.")]
    public void Any_other_value_leaves_the_function_on(string setting, string fault)
    {
        var error = Assert.Throws<FunctionDeclarationException>(() =>
            RunningApp.CreateBuilder([typeof(Unused)], directory: null, setting).Build()
        );
        Assert.Contains(error.Failures, failure => failure.Contains(fault, StringComparison.Ordinal));
    }

    public sealed class Unused
    {
        [Function("Unused")]
        public void NoTrigger(string text) { }
    }

    public sealed class Faulty
    {
        [Function("1st")]
        public void Name([HttpTrigger] HttpRequestData request) { }

        [Function("EndsWithLineBreak\n")]
        public void EndsWithLineBreak([HttpTrigger] HttpRequestData request) { }

        [Function("NoTrigger")]
        public void NoTrigger(string text) { }

        [Function("TwoTriggers")]
        public void TwoTriggers([HttpTrigger] HttpRequestData request, [ActivityTrigger] string input) { }

        [Function("Unbindable")]
        public void Unbindable([HttpTrigger] HttpRequestData request, Uri where) { }

        [Function("WrongRequest")]
        public void WrongRequest([HttpTrigger] string request) { }

#pragma warning disable DURABLE1002 // wrong on purpose: the host must refuse it too
        [Function("WrongClient")]
        public void WrongClient([ActivityTrigger] string input, [DurableClient] object client) { }
#pragma warning restore DURABLE1002

        [Function("WrongResult")]
        public Task<int> WrongResult([HttpTrigger] HttpRequestData request) => Task.FromResult(1);

#pragma warning disable VSTHRD100, CS1998, MA0155 // the fault
        [Function("AsyncVoid")]
        public async void AsyncVoid([ActivityTrigger] string input) { }
#pragma warning restore VSTHRD100, CS1998, MA0155

        [Function("BadRoute")]
        public void BadRoute([HttpTrigger(Route = "a/{b")] HttpRequestData request) { }

        [Function("UnknownConstraint")]
        public void UnknownConstraint([HttpTrigger(Route = "c/{d:colour}")] HttpRequestData request) { }

        [Function("Rooted")]
        public void Rooted([HttpTrigger(Route = "/e")] HttpRequestData request) { }

        [Function("RouteToUri")]
        public void RouteToUri([HttpTrigger(Route = "f/{where}")] HttpRequestData request, Version[] where) { }

        [Function("twice")]
        public void Twice([ActivityTrigger] string input) { }

        [Function("Twice")]
        public void TwiceAgain([OrchestrationTrigger] TaskOrchestrationContext context) { }

        [Function("SameOne")]
        public void SameOne([ActivityTrigger(Activity = "Same")] string input) { }

        [Function("Same")]
        public void SameTwo([ActivityTrigger] string input) { }

        [Function("SameRouteOne")]
        public void SameRouteOne([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "same/{one}")] HttpRequestData request) { }

        [Function("SameRouteTwo")]
        public void SameRouteTwo(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post", "GET", Route = "Same/{two}")] HttpRequestData request
        ) { }

        [Function("NoAccount")]
        public void NoAccount([QueueTrigger("some")] string text) { }

        [Function("OtherAccount")]
        [QueueOutput("some", Connection = "Elsewhere")]
        public string OtherAccount([ActivityTrigger] string input) => input;

        [Function("BadQueueName")]
        public void BadQueueName([QueueTrigger("No_Underscores")] string text) { }

        [Function("MissingSetting")]
        public void MissingSetting([QueueTrigger("some-%Nowhere%")] string text) { }

        [Function("BadSchedule")]
        public void BadSchedule([TimerTrigger("every minute")] TimerInfo timer) { }

        [Function("TimerToString")]
        public void TimerToString([TimerTrigger("0 * * * * *")] string timer) { }

        [Function("NothingToSend")]
        [QueueOutput("some")]
        public Task NothingToSend([ActivityTrigger] string input) => Task.CompletedTask;

        [Function("TwoResponses")]
        public Responses TwoResponses([HttpTrigger] HttpRequestData request) => new();

        [Function("ResponseWithoutRequest")]
        public Responses ResponseWithoutRequest([ActivityTrigger] string input) => new();

        [Function("SendingOrchestrator")]
        [QueueOutput("some")]
        public Task<string> SendingOrchestrator([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult("");

        [Function("NotPublic")]
        internal void NotPublic([ActivityTrigger] string input) { }
    }

    public sealed class Responses
    {
        [HttpResult]
        public HttpResponseData? First { get; init; }

        public HttpResponseData? Second { get; init; }
    }

    internal sealed class Hidden
    {
        [Function("InHidden")]
        public void InHidden([ActivityTrigger] string input) { }
    }

    public sealed class Generic<T>
    {
        [Function("InGeneric")]
        public void InGeneric([ActivityTrigger] T input) { }
    }

    public sealed class SideBySide
    {
        [Function("ByNumber")]
        public void ByNumber([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x/{id:int}")] HttpRequestData request) { }

        [Function("ByName")]
        public void ByName([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x/{name}")] HttpRequestData request) { }

        [Function("Change")]
        public void Change([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "x/{name}")] HttpRequestData request) { }
    }
}
