using System.Globalization;
using Quorum.StandaloneHost.Hosting.Http;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>Converts route values to a function's parameters.</summary>
internal static class RouteValues
{
    /// <summary>
    /// Returns true for strings and types that parse themselves from one: numbers, <see cref="Guid"/>, dates; also nullable ones.
    /// </summary>
    public static bool CanConvert(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) || plain.IsEnum || Parsing(plain);

        static bool Parsing(Type type) =>
            type.GetInterfaces()
                .Any(contract =>
                    contract.IsGenericType
                    && contract.GetGenericTypeDefinition() == typeof(IParsable<>)
                    && contract.GetGenericArguments()[0] == type
                );
    }

    /// <summary>Returns the value of a route parameter; the default when an optional one is left out.</summary>
    /// <exception cref="RouteValueException">The value is not of the parameter's type.</exception>
    public static T? Get<T>(Invocation invocation, string name)
    {
        if (!Arguments.RequestOf(invocation).RouteValues.TryGetValue(name, out var value) || value is not string text)
        {
            return default;
        }

        if (text is T same)
        {
            return same;
        }

        return Conversion<T>.Parse(text, out var converted) ? converted : throw new RouteValueException(name, typeof(T));
    }

    private delegate bool Parser<T>(string text, out T? value);

    private static class Conversion<T>
    {
        public static readonly Parser<T> Parse = Build();

        private static Parser<T> Build()
        {
            var plain = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
            var parser =
                typeof(RouteValues).GetMethod(
                    plain.IsEnum ? nameof(ParseEnum) : nameof(ParseValue),
                    System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static
                ) ?? throw new MissingMethodException(nameof(RouteValues), plain.Name);
            return parser.MakeGenericMethod(plain, typeof(T)).CreateDelegate<Parser<T>>();
        }
    }

    private static bool ParseValue<TPlain, T>(string text, out T? value)
        where TPlain : IParsable<TPlain>
    {
        var parsed = TPlain.TryParse(text, CultureInfo.InvariantCulture, out var plain);
        value = parsed && plain is T asked ? asked : default;
        return parsed;
    }

    private static bool ParseEnum<TPlain, T>(string text, out T? value)
        where TPlain : struct, Enum
    {
        // One value: a list of them, which the platform's parser takes too, would be their combination.
        var plain = default(TPlain);
        var parsed =
            !text.Contains(',', StringComparison.Ordinal) && Enum.TryParse(text, ignoreCase: true, out plain) && Enum.IsDefined(plain);
        value = parsed && plain is T asked ? asked : default;
        return parsed;
    }
}
