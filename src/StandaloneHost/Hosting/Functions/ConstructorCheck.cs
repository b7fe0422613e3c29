using Microsoft.Extensions.DependencyInjection;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>Finds, before the first call does, what a function's class asks for and nobody registered.</summary>
internal static class ConstructorCheck
{
    public static void FindFaults(IEnumerable<Function> functions, IServiceProvider services, ICollection<string> faults)
    {
        var known = services.GetRequiredService<IServiceProviderIsService>();
        foreach (var type in functions.Where(function => !function.IsStatic).Select(function => function.DeclaringType).Distinct())
        {
            if (type.GetConstructors() is not [var constructor])
            {
                continue; // with several, the first that fits is taken at the call
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
