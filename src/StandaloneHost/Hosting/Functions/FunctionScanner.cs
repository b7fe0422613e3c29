using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>Finds the functions that types declare, and every fault of their declarations.</summary>
internal sealed partial class FunctionScanner(BindingSettings settings, ICollection<string> faults)
{
    private const BindingFlags AnyMethod =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly List<Function> _functions = [];

    /// <summary>Returns the functions in a stable order; <paramref name="faults"/> receives a sentence for each invalid one.</summary>
    public static IReadOnlyList<Function> Scan(IEnumerable<Type> types, BindingSettings settings, ICollection<string> faults)
    {
        var scanner = new FunctionScanner(settings, faults);
        foreach (var type in types.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            foreach (var method in type.GetMethods(AnyMethod))
            {
                if (method.GetCustomAttribute<FunctionAttribute>() is { } function && !settings.IsDisabled(function.Name, faults))
                {
                    scanner.Add(function.Name, method);
                }
            }
        }

        scanner.FindCollisions();
        return scanner._functions;
    }

    private void Add(string name, MethodInfo method)
    {
        var where = $"Function '{name}' ({method.DeclaringType?.FullName}.{method.Name})";
        var before = faults.Count;
        if (!FunctionName().IsMatch(name))
        {
            faults.Add($"{where}: the name must be a letter, then up to 127 letters, digits, '_' or '-'.");
        }

        if (!method.IsPublic || method.DeclaringType is not { IsVisible: true })
        {
            faults.Add($"{where}: the method and its class must be public.");
        }

        if (method.ContainsGenericParameters || method.DeclaringType is { IsAbstract: true, IsSealed: false })
        {
            faults.Add($"{where}: the method can be neither generic nor in a generic or abstract class.");
        }

        var triggers = method.GetParameters().Count(parameter => parameter.GetCustomAttribute<TriggerBindingAttribute>() is not null);
        if (triggers != 1)
        {
            faults.Add($"{where}: it has {(triggers == 0 ? "no trigger" : $"{triggers} triggers")}, and must have one.");
        }

        if (faults.Count == before)
        {
            var binder = new FunctionBinder(name, method, settings);
            var function = binder.TryBind();
            foreach (var fault in binder.Faults)
            {
                faults.Add($"{where}: {fault}");
            }

            if (function is not null)
            {
                _functions.Add(function);
            }
        }
    }

    private void FindCollisions()
    {
        Find(_functions, function => function.Name, "the function name");
        Find(
            _functions.Where(function => function.Trigger is ActivityTrigger),
            function => ((ActivityTrigger)function.Trigger).Activity,
            "the activity"
        );
        Find(
            _functions.Where(function => function.Trigger is OrchestrationTrigger),
            function => ((OrchestrationTrigger)function.Trigger).Orchestration,
            "the orchestration"
        );

        void Find(IEnumerable<Function> functions, Func<Function, string> key, string what)
        {
            foreach (var same in functions.GroupBy(key, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()))
            {
                faults.Add(
                    $"{what} '{same.Key}' is declared {same.Count()} times: {string.Join(", ", same.Select(function => function.EntryPoint))}."
                );
            }
        }
    }

    // The rule of the Functions host: https://learn.microsoft.com/azure/azure-functions/functions-reference
    [GeneratedRegex(
        @"^[A-Za-z][A-Za-z0-9_-]{0,127}\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FunctionName();
}
