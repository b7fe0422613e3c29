using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Hosting.Functions;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The Functions host takes the functions from the metadata that the SDK generates, the standalone host from the
/// declarations.</summary>
public sealed class GeneratedMetadataTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Both_hosts_have_the_same_functions_with_the_same_bindings_routes_and_levels()
    {
        var generated = await new GeneratedFunctionMetadataProvider().GetFunctionMetadataAsync(AppContext.BaseDirectory);
        var found = fixture.App.Services.GetRequiredService<FunctionCatalogue>().Functions;

        Assert.Equal(generated.Select(Describe).Order(StringComparer.Ordinal), found.Select(Describe).Order(StringComparer.Ordinal));
    }

    private static string Describe(IFunctionMetadata function)
    {
        var bindings = new List<string>();
        foreach (var raw in function.RawBindings ?? [])
        {
            using var json = JsonDocument.Parse(raw);
            var binding = json.RootElement;
            var text = $"{Text(binding, "name")} {Text(binding, "type")} {Text(binding, "direction")}";
            bindings.Add(
                Text(binding, "type") == "httpTrigger"
                    ? $"{text} {Text(binding, "route")} {Text(binding, "authLevel")} {Methods(binding)}"
                    : text
            );
        }

        return Describe(function.Name, function.EntryPoint, bindings);

        static string? Text(JsonElement binding, string property) =>
            binding.TryGetProperty(property, out var value) ? value.GetString() : null;

        static string Methods(JsonElement binding) =>
            string.Join(',', binding.GetProperty("methods").EnumerateArray().Select(method => method.GetString()?.ToUpperInvariant()));
    }

    private static string Describe(Function function) =>
        Describe(
            function.Name,
            function.EntryPoint,
            function.InputBindings.Values.Concat(function.OutputBindings.Values).Select(binding => Describe(binding, function.Trigger))
        );

    private static string Describe(BindingMetadata binding, Trigger trigger)
    {
        var text = $"{binding.Name} {binding.Type} {binding.Direction}";
        return binding.Type == "httpTrigger" && trigger is HttpTrigger http
            ? $"{text} {http.Route} {http.Level} {string.Join(',', http.Methods)}"
            : text;
    }

    private static string Describe(string? name, string? entryPoint, IEnumerable<string> bindings) =>
        $"{name} {entryPoint}: {string.Join("; ", bindings.Order(StringComparer.Ordinal))}";
}
