using System.Text;
using Microsoft.Azure.Functions.Worker;
using Quorum.EmbeddedRuntime.Hosting.Http;

namespace Quorum.EmbeddedRuntime.Hosting.Functions;

/// <summary>The functions of the app, and the paths that lead to them.</summary>
internal sealed class FunctionCatalogue
{
    private FunctionCatalogue(IReadOnlyList<Function> functions, RouteTable routes)
    {
        Functions = functions;
        Routes = routes;
    }

    public IReadOnlyList<Function> Functions { get; }

    public RouteTable Routes { get; }

    public bool IsDurable => Functions.Any(function => function.IsDurable);

    public bool NeedsKeys => Routes.Routes.Any(route => route.Trigger.Level != AuthorizationLevel.Anonymous);

    /// <summary>Finds the functions that the types declare.</summary>
    /// <exception cref="FunctionDeclarationException">Some cannot run; says why of each.</exception>
    public static FunctionCatalogue Discover(IEnumerable<Type> types, string routePrefix)
    {
        var faults = new List<string>();
        var functions = FunctionScanner.Scan(types, faults);
        var routes = RouteTable.Build(functions, routePrefix, faults);
        return faults.Count == 0 ? new FunctionCatalogue(functions, routes) : throw new FunctionDeclarationException(faults);
    }

    /// <summary>The list that is shown at start, as Core Tools shows it.</summary>
    public string Describe(string address)
    {
        var text = new StringBuilder();
        foreach (var function in Functions.OrderBy(function => function.Trigger is not HttpTrigger).ThenBy(function => function.Name, StringComparer.Ordinal))
        {
            text.AppendLine().Append("    ").Append(function.Name).Append(": ");
            if (function.Trigger is HttpTrigger trigger)
            {
                var route = Routes.Routes.First(route => route.Function == function);
                text.Append('[').AppendJoin(',', trigger.Methods).Append(trigger.Methods.Count == 0 ? "*] " : "] ")
                    .Append(address).Append(route.Template);
            }
            else
            {
                text.Append(function.Trigger.BindingType);
            }
        }

        return text.ToString();
    }
}
