using Microsoft.Extensions.DependencyInjection;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>Finds, before the first call, the constructor parameters of a function's class that are not registered.</summary>
internal static class ConstructorCheck
{
    public static void FindFaults(IEnumerable<Function> functions, IServiceProvider services, ICollection<string> faults)
    {
        var known = services.GetRequiredService<IServiceProviderIsService>();
        foreach (var type in functions.Where(function => !function.IsStatic).Select(function => function.DeclaringType).Distinct())
        {
            if (type.GetConstructors() is not [var constructor])
            {
                continue; // of several, the first that fits is used at the call
            }

            foreach (var parameter in constructor.GetParameters())
            {
                var isKeyed = parameter.IsDefined(typeof(FromKeyedServicesAttribute), inherit: false);
                if (!isKeyed && !parameter.HasDefaultValue && !known.IsService(parameter.ParameterType))
                {
                    faults.Add(
                        $"Class {type.FullName}: its constructor asks for '{parameter.ParameterType} {parameter.Name}', and no such service is registered."
                    );
                }
            }
        }
    }
}
