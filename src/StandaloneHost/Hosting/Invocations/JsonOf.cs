using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>The app's JSON options, as <c>services.Configure&lt;JsonSerializerOptions&gt;</c> set them.</summary>
internal static class JsonOf
{
    /// <summary>The options that hold for an invocation, also for a context that a test made up.</summary>
    public static JsonSerializerOptions Context(FunctionContext context) =>
        context is Invocation invocation
            ? invocation.Function.Runtime.Json
            : context.InstanceServices.GetRequiredService<IOptions<JsonSerializerOptions>>().Value;

    /// <summary>What a writer of its own must be told to write as the serializer would.</summary>
    public static JsonWriterOptions WriterOptions(JsonSerializerOptions options) => new()
    {
        Encoder = options.Encoder,
        Indented = options.WriteIndented,
        IndentCharacter = options.IndentCharacter,
        IndentSize = options.IndentSize,
        NewLine = options.NewLine,
        MaxDepth = options.MaxDepth,
        SkipValidation = true,
    };
}
