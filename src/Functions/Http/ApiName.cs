using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Quorum.Functions.Http;

/// <summary>The names of an enumeration in the API, as its <see cref="JsonStringEnumMemberNameAttribute"/>s give them, for
/// headers.</summary>
internal static class ApiName<TEnum>
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<TEnum, string> Names = typeof(TEnum)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToFrozenDictionary(
            field => (TEnum)field.GetValue(null)!, // A static field of an enumeration has a value.
            field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name
        );

    public static string Of(TEnum value) => Names[value];
}
