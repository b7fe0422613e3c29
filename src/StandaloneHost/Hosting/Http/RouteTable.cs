using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Options;
using Quorum.StandaloneHost.Hosting.Functions;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Which function answers which path and method, by ASP.NET's templates, constraints and precedence.</summary>
internal sealed class RouteTable
{
    private readonly Route[] _routes;

    private RouteTable(IEnumerable<Route> routes)
    {
        _routes = [.. routes.OrderBy(route => route.Precedence).ThenBy(route => route.Template, StringComparer.Ordinal)];
    }

    public IReadOnlyList<Route> Routes => _routes;

    /// <summary>Builds the table.</summary>
    /// <param name="functions">Those without an HTTP trigger are passed over.</param>
    /// <param name="prefix">Stands before every route; may be empty.</param>
    /// <param name="faults">Gets a sentence for each route that cannot be used, or collides with another.</param>
    public static RouteTable Build(IEnumerable<Function> functions, string prefix, ICollection<string> faults)
    {
        var options = new RouteOptions();
        options.SetParameterPolicy<RegexInlineRouteConstraint>("regex");
        var constraints = new DefaultInlineConstraintResolver(Options.Create(options), new NoServices());
        var routes = new List<Route>();
        foreach (var function in functions)
        {
            if (function.Trigger is not HttpTrigger trigger)
            {
                continue;
            }

            try
            {
                routes.Add(Parse(function, trigger, prefix, constraints));
            }
            catch (Exception fault) when (fault is ArgumentException or RouteCreationException)
            {
                faults.Add($"Function '{function.Name}': the route '{trigger.Route}' cannot be used: {fault.Message}");
            }
        }

        foreach (var same in routes.GroupBy(route => route.Shape, StringComparer.Ordinal))
        {
            FindCollisions([.. same], faults);
        }

        return new RouteTable(routes);
    }

    /// <summary>Finds who answers. Without a function, <see cref="RouteMatch.Allow"/> tells a wrong method from a wrong path.</summary>
    public RouteMatch Find(string method, string path)
    {
        var values = new RouteValueDictionary();
        if (!path.StartsWith('/'))
        {
            return new RouteMatch(null, values, null); // OPTIONS *, CONNECT host:port
        }

        var where = new PathString(path);
        SortedSet<string>? allow = null;
        foreach (var route in _routes)
        {
            if (!route.Matches(where, values))
            {
                continue;
            }

            if (route.Trigger.Accepts(method))
            {
                return new RouteMatch(route, values, null);
            }

            (allow ??= new SortedSet<string>(StringComparer.Ordinal)).UnionWith(route.Trigger.Methods);
        }

        return new RouteMatch(null, values, allow is null ? null : string.Join(", ", allow));
    }

    private static Route Parse(Function function, HttpTrigger trigger, string prefix, DefaultInlineConstraintResolver constraints)
    {
        if (trigger.Route.StartsWith('/') || trigger.Route.StartsWith('~'))
        {
            throw new RouteCreationException("it must not begin with '/' or '~'; it stands below the route prefix.");
        }

        var template = TemplateParser.Parse(prefix.Length == 0 ? trigger.Route : $"{prefix}/{trigger.Route}");
        var resolved = new List<KeyValuePair<string, IRouteConstraint>>();
        foreach (var parameter in template.Parameters)
        {
            foreach (var inline in parameter.InlineConstraints)
            {
                var constraint =
                    constraints.ResolveConstraint(inline.Constraint)
                    ?? throw new RouteCreationException($"the constraint '{inline.Constraint}' is not known.");
                resolved.Add(new(parameter.Name ?? "", parameter.IsOptional ? new OptionalRouteConstraint(constraint) : constraint));
            }
        }

        return new Route(function, trigger, template, [.. resolved]);
    }

    private static void FindCollisions(Route[] same, ICollection<string> faults)
    {
        for (var i = 0; i < same.Length; i++)
        {
            for (var j = i + 1; j < same.Length; j++)
            {
                if (Overlap(same[i].Trigger, same[j].Trigger))
                {
                    faults.Add(
                        $"Functions '{same[i].Function.Name}' and '{same[j].Function.Name}' answer the same requests: "
                            + $"'{same[i].Template}' and '{same[j].Template}'."
                    );
                }
            }
        }

        static bool Overlap(HttpTrigger one, HttpTrigger other) =>
            one.Methods.Count == 0 || other.Methods.Count == 0 || one.Methods.Any(other.Accepts);
    }

    /// <summary>Constraints get no services: a route is decided by its text alone.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}

/// <summary>The result of looking up a request in the route table.</summary>
/// <param name="Route">The route; <see langword="null"/> for none.</param>
/// <param name="Values">The path's values by parameter name.</param>
/// <param name="Allow">The methods that the path has; <see langword="null"/> when there is no such path.</param>
internal readonly record struct RouteMatch(Route? Route, RouteValueDictionary Values, string? Allow);
