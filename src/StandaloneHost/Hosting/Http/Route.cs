using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Quorum.StandaloneHost.Hosting.Functions;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>One function's place among the paths.</summary>
internal sealed class Route
{
    private readonly TemplateMatcher _matcher;
    private readonly KeyValuePair<string, IRouteConstraint>[] _constraints;
    private readonly string _literalStart;

    public Route(Function function, HttpTrigger trigger, RouteTemplate template, KeyValuePair<string, IRouteConstraint>[] constraints)
    {
        Function = function;
        Trigger = trigger;
        Template = $"/{template.TemplateText}";
        Precedence = RoutePrecedence.ComputeInbound(template);
        Shape = ShapeOf(template);
        _constraints = constraints;
        _literalStart = LiteralStart(template);
        var defaults = new RouteValueDictionary();
        foreach (var parameter in template.Parameters)
        {
            if (parameter is { Name: { } name, DefaultValue: { } value })
            {
                defaults[name] = value;
            }
        }

        _matcher = new TemplateMatcher(template, defaults);
    }

    public Function Function { get; }

    public HttpTrigger Trigger { get; }

    /// <summary>With the prefix, from the root.</summary>
    public string Template { get; }

    /// <summary>The lower, the sooner it is tried: literals before parameters with constraints before those without before
    /// catch-alls.</summary>
    public decimal Precedence { get; }

    /// <summary>Equal for routes that match the same paths.</summary>
    public string Shape { get; }

    public bool Matches(PathString path, RouteValueDictionary values)
    {
        if (!path.Value.AsSpan().StartsWith(_literalStart, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        values.Clear();
        if (!_matcher.TryMatch(path, values))
        {
            return false;
        }

        foreach (var (name, constraint) in _constraints)
        {
            if (!constraint.Match(httpContext: null, route: null, name, values, RouteDirection.IncomingRequest))
            {
                return false;
            }
        }

        return true;
    }

    private static string LiteralStart(RouteTemplate template)
    {
        var start = new StringBuilder();
        foreach (var segment in template.Segments)
        {
            if (segment.Parts is not [{ IsLiteral: true, Text: { } literal }])
            {
                break;
            }

            start.Append('/').Append(literal);
        }

        return start.ToString();
    }

    private static string ShapeOf(RouteTemplate template)
    {
        var shape = new StringBuilder();
        foreach (var segment in template.Segments)
        {
            shape.Append('/');
            foreach (var part in segment.Parts)
            {
                if (!part.IsParameter)
                {
                    shape.Append(part.Text?.ToUpperInvariant());
                    continue;
                }

                shape.Append(part.IsCatchAll ? "{*" : "{");
                shape.AppendJoin(':', part.InlineConstraints.Select(constraint => constraint.Constraint).Order(StringComparer.Ordinal));
                shape.Append('}');
            }
        }

        return shape.ToString();
    }
}
