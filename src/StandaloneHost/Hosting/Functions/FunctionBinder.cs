using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>
/// Turns one method into a <see cref="Function"/>: each parameter becomes an expression over the invocation, compiled into one delegate, so
/// that a call uses no reflection.
/// </summary>
internal sealed class FunctionBinder(string name, MethodInfo method, BindingSettings settings)
{
    private static readonly ParameterExpression Call = Expression.Parameter(typeof(Invocation), "invocation");

    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Returns the function; <see langword="null"/> if <see cref="Faults"/> has the reason.</summary>
    public Function? TryBind()
    {
        var parameters = method.GetParameters();
        if (TriggerOf(parameters) is not { } trigger)
        {
            return null;
        }

        var bound = new List<BoundParameter>(parameters.Length);
        var arguments = new List<Expression>(parameters.Length);
        var routeNames = trigger is HttpTrigger http ? RouteParameters(http) : [];
        foreach (var parameter in parameters)
        {
            if (Bind(parameter, trigger, routeNames) is not var (bindingType, argument))
            {
                continue;
            }

            bound.Add(new BoundParameter(Declare(parameter), bindingType));
            arguments.Add(argument);
        }

        var outputs = OutputsOf(trigger);
        CheckResult(trigger, outputs);
        return _faults.Count == 0 ? new Function(name, method, trigger, bound, outputs, Compile(arguments)) : null;
    }

    // Null when a setting that the trigger names is missing or invalid; the faults have the reason.
    private Trigger? TriggerOf(ParameterInfo[] parameters)
    {
        foreach (var parameter in parameters)
        {
            switch (parameter.GetCustomAttribute<TriggerBindingAttribute>())
            {
                case HttpTriggerAttribute http:
                    return new HttpTrigger(
                        http.Route ?? name,
                        [.. (http.Methods ?? []).Select(verb => verb.ToUpperInvariant())],
                        http.AuthLevel
                    );
                case OrchestrationTriggerAttribute orchestration:
                    return new OrchestrationTrigger(orchestration.Orchestration ?? name);
                case ActivityTriggerAttribute activity:
                    return new ActivityTrigger(activity.Activity ?? name);
                case QueueTriggerAttribute queue:
                    var queueName = settings.QueueName(queue.QueueName, _faults);
                    var account = settings.Account(queue.Connection, _faults);
                    return queueName is null || account is null ? null : new QueueTrigger(queueName, account);
                case TimerTriggerAttribute timer:
                    return settings.Schedule(timer.Schedule, _faults) is { } schedule
                        ? new TimerTrigger(schedule, timer.UseMonitor, timer.RunOnStartup)
                        : null;
                case { } other:
                    throw new NotSupportedException($"No trigger '{other.GetType().Name}' is known here.");
            }
        }

        throw new ArgumentException($"'{method}' has no trigger.", nameof(parameters));
    }

    private (string? BindingType, Expression Argument)? Bind(ParameterInfo parameter, Trigger trigger, HashSet<string> routeNames)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<BindingAttribute>() is { } attribute)
        {
            return attribute switch
            {
                HttpTriggerAttribute => Expect(typeof(HttpRequestData), Access(nameof(Arguments.Request))),
                OrchestrationTriggerAttribute => Expect(typeof(TaskOrchestrationContext), Access(nameof(Arguments.Orchestration))),
                DurableClientAttribute => Expect(
                    typeof(DurableTaskClient),
                    Access(nameof(Arguments.DurableClient)),
                    BoundParameter.DurableClient
                ),
                ActivityTriggerAttribute when type == typeof(FunctionContext) => (trigger.BindingType, Call),
                ActivityTriggerAttribute => (trigger.BindingType, Typed(nameof(Arguments.ActivityInput))),
                QueueTriggerAttribute => (trigger.BindingType, Typed(nameof(Arguments.Message))),
                TimerTriggerAttribute => Expect(typeof(TimerInfo), Access(nameof(Arguments.Timer))),
                _ => Refuse($"[{attribute.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal)}] is not known here"),
            };
        }

        if (type == typeof(FunctionContext))
        {
            return (null, Call);
        }

        if (type == typeof(CancellationToken))
        {
            return (null, Expression.Property(Call, nameof(Invocation.CancellationToken)));
        }

        return trigger switch
        {
            HttpTrigger when parameter.Name is { } routeName && routeNames.Contains(routeName) => RouteValue(routeName),
            HttpTrigger => Refuse("it is no parameter of the route, and has no binding"),
            OrchestrationTrigger => (null, Typed(nameof(Arguments.OrchestrationInput))),
            _ => Refuse("nothing here can supply it"),
        };

        (string?, Expression)? Expect(Type expected, Expression argument, string? bindingType = null) =>
            type == expected ? (bindingType ?? trigger.BindingType, argument) : Refuse($"its attribute asks for the type {expected.Name}");

        (string?, Expression)? RouteValue(string routeName) =>
            RouteValues.CanConvert(type)
                ? (null, Expression.Call(typeof(RouteValues), nameof(RouteValues.Get), [type], Call, Expression.Constant(routeName)))
                : Refuse("a route value cannot become this type");

        (string?, Expression)? Refuse(string reason)
        {
            _faults.Add($"parameter '{type.Name} {parameter.Name}' cannot be bound: {reason}.");
            return null;
        }

        Expression Typed(string source) => Expression.Call(typeof(Arguments), source, [type], Call);
    }

    private static MethodCallExpression Access(string source) => Expression.Call(typeof(Arguments), source, null, Call);

    private static FunctionParameter Declare(ParameterInfo parameter) =>
        new(
            parameter.Name ?? "",
            parameter.ParameterType,
            parameter.HasDefaultValue,
            parameter.HasDefaultValue ? parameter.DefaultValue : null
        );

    private HashSet<string> RouteParameters(HttpTrigger trigger)
    {
        try
        {
            return RoutePatternFactory
                .Parse(trigger.Route)
                .Parameters.Select(parameter => parameter.Name)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
        }
        catch (RoutePatternException fault)
        {
            _faults.Add($"the route '{trigger.Route}' is no route template: {fault.Message}");
            return [.. method.GetParameters().Select(parameter => parameter.Name ?? "")];
        }
    }

    private FunctionOutputs? OutputsOf(Trigger trigger)
    {
        var returned = FunctionResult.TypeOf(method.ReturnType);
        var own = method.GetCustomAttribute<OutputBindingAttribute>();
        var properties = (returned?.GetProperties(BindingFlags.Public | BindingFlags.Instance) ?? [])
            .Where(property => IsOutput(property) || IsResponse(property))
            .ToList();
        if (own is null && !properties.Exists(IsOutput) && (trigger is not HttpTrigger || properties.Count == 0))
        {
            return null;
        }

        if (trigger is OrchestrationTrigger)
        {
            _faults.Add("an orchestrator has no outputs; an activity sends for it.");
            return null;
        }

        if (own is null)
        {
            return OutputsOf(properties, trigger);
        }

        if (returned is null || typeof(HttpResponseData).IsAssignableFrom(returned))
        {
            _faults.Add($"it has an output for its result, and returns {returned?.Name ?? "none"}.");
        }

        return own is QueueOutputAttribute queue && QueueOf(queue, Function.Result, static result => result) is { } output
            ? new FunctionOutputs([output], null, null)
            : null;
    }

    private FunctionOutputs OutputsOf(List<PropertyInfo> properties, Trigger trigger)
    {
        var queues = new List<QueueOutput>();
        PropertyInfo? response = null;
        foreach (var property in properties)
        {
            if (property.GetCustomAttribute<QueueOutputAttribute>() is { } queue)
            {
                if (QueueOf(queue, property.Name, property.GetValue) is { } output)
                {
                    queues.Add(output);
                }
            }
            else if (trigger is not HttpTrigger)
            {
                _faults.Add($"its result's property '{property.Name}' is an HTTP response, and nothing asks over HTTP.");
            }
            else if (!IsResponse(property) || response is not null)
            {
                _faults.Add(
                    $"its result's property '{property.Name}' cannot be the HTTP response: there is one, of the type HttpResponseData."
                );
            }
            else
            {
                response = property;
            }
        }

        return new FunctionOutputs(
            queues,
            response?.Name,
            response is null ? null : result => response.GetValue(result) as HttpResponseData
        );
    }

    private QueueOutput? QueueOf(QueueOutputAttribute declared, string output, Func<object, object?> read)
    {
        var queueName = settings.QueueName(declared.QueueName, _faults);
        var account = settings.Account(declared.Connection, _faults);
        return queueName is null || account is null ? null : new QueueOutput(output, queueName, account, read);
    }

    private static bool IsOutput(PropertyInfo property) => property.IsDefined(typeof(OutputBindingAttribute));

    private static bool IsResponse(PropertyInfo property) => typeof(HttpResponseData).IsAssignableFrom(property.PropertyType);

    private void CheckResult(Trigger trigger, FunctionOutputs? outputs)
    {
        var result = FunctionResult.TypeOf(method.ReturnType);
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(System.Runtime.CompilerServices.AsyncStateMachineAttribute)))
        {
            _faults.Add("it is async void, which cannot be awaited; return Task.");
        }
        else if (
            trigger is HttpTrigger
            && outputs is null
            && _faults.Count == 0
            && result is not null
            && !typeof(HttpResponseData).IsAssignableFrom(result)
        )
        {
            _faults.Add($"it returns {result.Name}; a function with an HTTP trigger returns HttpResponseData, or nothing for 204.");
        }
    }

    private FunctionBody Compile(List<Expression> arguments)
    {
        Expression call;
        if (method.IsStatic)
        {
            call = Expression.Call(method, arguments);
        }
        else
        {
            var type = method.DeclaringType ?? throw new InvalidOperationException($"'{method}' belongs to no type.");
            var create = Expression.Constant(ActivatorUtilities.CreateFactory(type, []));
            var instance = Expression.Invoke(
                create,
                Expression.Property(Call, nameof(Invocation.InstanceServices)),
                Expression.Constant(null, typeof(object[]))
            );
            call = Expression.Call(Expression.Convert(instance, type), method, arguments);
        }

        return Expression.Lambda<FunctionBody>(FunctionResult.AsTask(call), Call).Compile();
    }
}
