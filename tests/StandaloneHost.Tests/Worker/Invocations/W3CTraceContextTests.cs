using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Tests.Worker.Invocations;

public sealed class W3CTraceContextTests
{
    private const string Callers = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData(Callers + ", " + Callers)]
    public void A_caller_without_a_valid_trace_gets_a_new_one_that_is_not_recorded(string? sent)
    {
        var headers = new HeaderDictionary { ["traceparent"] = sent };

        var trace = W3CTraceContext.OfCaller(headers);

        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", trace);
        Assert.NotEqual(trace, W3CTraceContext.OfCaller(headers));
    }

    [Fact]
    public void A_valid_trace_of_the_caller_is_kept_and_of_two_headers_neither()
    {
        Assert.Equal(Callers, W3CTraceContext.OfCaller(new HeaderDictionary { ["traceparent"] = Callers }));
        Assert.NotEqual(Callers, W3CTraceContext.OfCaller(new HeaderDictionary { ["traceparent"] = new[] { Callers, Callers } }));
    }

    [Fact]
    public void The_current_span_goes_before_the_callers_trace()
    {
        using var span = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        span.TraceStateString = "vendor=1";

        var ofSpan = W3CTraceContext.Of(span, Callers, "other=2");
        var ofCaller = W3CTraceContext.Of(null, Callers, "other=2");

        Assert.Equal((span.Id, "vendor=1"), (ofSpan.TraceParent, ofSpan.TraceState));
        Assert.Equal((Callers, "other=2"), (ofCaller.TraceParent, ofCaller.TraceState));
        Assert.Equal(span.Id, W3CTraceContext.Current);
        Assert.Equal("", W3CTraceContext.Of(null, null, null).TraceState);
    }
}
