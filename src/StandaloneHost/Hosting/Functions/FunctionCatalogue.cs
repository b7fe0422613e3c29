using System.Text;
using Microsoft.Azure.Functions.Worker;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>The functions of the app, and their routes.</summary>
internal sealed class FunctionCatalogue
{
    private FunctionCatalogue(IReadOnlyList<Function> functions, IReadOnlyList<FunctionRoute> routes)
    {
        Functions = functions;
        Routes = routes;
    }

    public IReadOnlyList<Function> Functions { get; }

    /// <summary>The routes of the HTTP functions, in the order in which they are tried.</summary>
    public IReadOnlyList<FunctionRoute> Routes { get; }

    /// <summary>True if a function needs the task hub: durable functions, and timers, whose state is kept there.</summary>
    public bool NeedsTaskHub => IsDurable || HasTimers;

    public bool IsDurable => Functions.Any(function => function.IsDurable);

    public bool HasTimers => Functions.Any(function => function.Trigger is TimerTrigger);

    public bool HasQueueTriggers => Functions.Any(function => function.Trigger is QueueTrigger);

    public bool NeedsKeys => Routes.Any(route => route.Trigger.Level != AuthorizationLevel.Anonymous);

    /// <summary>Finds the functions that the types declare.</summary>
    /// <param name="types">The types that may declare functions.</param>
    /// <param name="routePrefix">The prefix of every route.</param>
    /// <param name="settings">Resolves the app settings that the declarations name.</param>
    /// <exception cref="FunctionDeclarationException">Some functions cannot run; the message has the reason for each.</exception>
    public static FunctionCatalogue Discover(IEnumerable<Type> types, string routePrefix, BindingSettings settings)
    {
        var faults = new List<string>();
        var functions = FunctionScanner.Scan(types, settings, faults);
        var routes = FunctionRoutes.Read(functions, routePrefix, faults);
        return faults.Count == 0 ? new FunctionCatalogue(functions, routes) : throw new FunctionDeclarationException(faults);
    }

    /// <summary>Returns the list that is shown at start, as Core Tools shows it.</summary>
    public string Describe(string address)
    {
        var text = new StringBuilder();
        foreach (
            var function in Functions
                .OrderBy(function => function.Trigger is not HttpTrigger)
                .ThenBy(function => function.Name, StringComparer.Ordinal)
        )
        {
            text.AppendLine().Append("    ").Append(function.Name).Append(": ");
            if (function.Trigger is HttpTrigger trigger)
            {
                var route = Routes.First(route => route.Function == function);
                text.Append('[')
                    .AppendJoin(',', trigger.Methods)
                    .Append(trigger.Methods.Count == 0 ? "*] " : "] ")
                    .Append(address)
                    .Append(route.Template);
            }
            else
            {
                text.Append(function.Trigger.BindingType)
                    .Append(
                        function.Trigger switch
                        {
                            QueueTrigger queue => " " + queue.Queue,
                            TimerTrigger timer => " " + timer.Schedule.Text,
                            _ => "",
                        }
                    );
            }
        }

        return text.ToString();
    }
}
