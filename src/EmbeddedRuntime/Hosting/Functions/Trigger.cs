using Microsoft.Azure.Functions.Worker;

namespace Quorum.EmbeddedRuntime.Hosting.Functions;

/// <summary>What starts a function.</summary>
internal abstract record Trigger(string BindingType);

/// <summary>An HTTP request.</summary>
/// <param name="Route">Below the route prefix.</param>
/// <param name="Methods">In capitals; empty: every method.</param>
internal sealed record HttpTrigger(string Route, IReadOnlyList<string> Methods, AuthorizationLevel Level) : Trigger("httpTrigger")
{
    public bool Accepts(string method)
    {
        for (var i = 0; i < Methods.Count; i++)
        {
            if (string.Equals(Methods[i], method, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return Methods.Count == 0;
    }
}

/// <summary>The start or the next turn of an orchestration.</summary>
internal sealed record OrchestrationTrigger(string Orchestration) : Trigger("orchestrationTrigger");

/// <summary>A call by an orchestration.</summary>
internal sealed record ActivityTrigger(string Activity) : Trigger("activityTrigger");
