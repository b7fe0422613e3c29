using System.Reflection;
using System.Runtime.CompilerServices;

namespace Quorum.Functions.Quotes;

/// <summary>Has the runtime compile methods before they are first called.</summary>
internal static class Precompilation
{
    private const BindingFlags All =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>All of an assembly but what is generic: that depends on its use, and is left to a rehearsal.</summary>
    public static void Compile(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes())
        {
            if (type.ContainsGenericParameters)
            {
                continue;
            }

            foreach (var member in type.GetMembers(All))
            {
                if (member is MethodBase { IsAbstract: false, ContainsGenericParameters: false } method)
                {
                    RuntimeHelpers.PrepareMethod(method.MethodHandle);
                }
            }
        }
    }
}
