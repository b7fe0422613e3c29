using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quorum.StandaloneHost.Hosting.Functions;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Reads the routes of HTTP functions for ASP.NET Core's endpoint routing, and finds their faults before the first
/// request.</summary>
internal static class FunctionRoutes
{
    /// <summary>Returns the routes in the order in which they are tried: literals before parameters with constraints before those without
    /// before catch-alls.</summary>
    /// <param name="functions">Those without an HTTP trigger are passed over.</param>
    /// <param name="prefix">Stands before every route; may be empty.</param>
    /// <param name="faults">Gets a sentence for each route that cannot be used, or collides with another.</param>
    public static IReadOnlyList<FunctionRoute> Read(IEnumerable<Function> functions, string prefix, ICollection<string> faults)
    {
        var options = new RouteOptions();
        options.SetParameterPolicy<RegexInlineRouteConstraint>("regex");
        using var services = new ServiceCollection().BuildServiceProvider();
        var constraints = new DefaultInlineConstraintResolver(Options.Create(options), services);
        var routes = new List<FunctionRoute>();
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
            catch (Exception fault) when (fault is ArgumentException or RouteCreationException or RoutePatternException)
            {
                faults.Add($"Function '{function.Name}': the route '{trigger.Route}' cannot be used: {fault.Message}");
            }
        }

        foreach (var same in routes.GroupBy(route => ShapeOf(route.Pattern), StringComparer.Ordinal))
        {
            FindCollisions([.. same], faults);
        }

        return [.. routes.OrderBy(route => route.Pattern.InboundPrecedence).ThenBy(route => route.Template, StringComparer.Ordinal)];
    }

    private static FunctionRoute Parse(Function function, HttpTrigger trigger, string prefix, DefaultInlineConstraintResolver constraints)
    {
        if (trigger.Route.StartsWith('/') || trigger.Route.StartsWith('~'))
        {
            throw new RouteCreationException("it must not begin with '/' or '~'; it stands below the route prefix.");
        }

        var pattern = RoutePatternFactory.Parse(prefix.Length == 0 ? $"/{trigger.Route}" : $"/{prefix}/{trigger.Route}");
        foreach (var constraint in pattern.Parameters.SelectMany(parameter => parameter.ParameterPolicies).Select(policy => policy.Content))
        {
            if (constraint is not null && constraints.ResolveConstraint(constraint) is null)
            {
                throw new RouteCreationException($"the constraint '{constraint}' is not known.");
            }
        }

        return new FunctionRoute(function, trigger, pattern);
    }

    private static void FindCollisions(FunctionRoute[] same, ICollection<string> faults)
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
            one.Methods.Count == 0
            || other.Methods.Count == 0
            || one.Methods.Any(method => other.Methods.Contains(method, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Returns a text that is equal for routes that match the same paths.</summary>
    private static string ShapeOf(RoutePattern pattern)
    {
        var shape = new StringBuilder();
        foreach (var segment in pattern.PathSegments)
        {
            shape.Append('/');
            foreach (var part in segment.Parts)
            {
                switch (part)
                {
                    case RoutePatternParameterPart parameter:
                        shape.Append(parameter.IsCatchAll ? "{*" : "{");
                        shape.AppendJoin(':', parameter.ParameterPolicies.Select(policy => policy.Content).Order(StringComparer.Ordinal));
                        shape.Append('}');
                        break;
                    case RoutePatternLiteralPart literal:
                        shape.Append(literal.Content.ToUpperInvariant());
                        break;
                    case RoutePatternSeparatorPart separator:
                        shape.Append(separator.Content);
                        break;
                }
            }
        }

        return shape.ToString();
    }
}

/// <summary>The place of an HTTP function among the paths.</summary>
internal sealed record FunctionRoute(Function Function, HttpTrigger Trigger, RoutePattern Pattern)
{
    /// <summary>With the prefix, from the root.</summary>
    public string Template => Pattern.RawText ?? "/";
}
