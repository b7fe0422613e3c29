using System.Reflection;
using Quorum.Functions.Pages;

namespace Quorum.Functions.Docs;

/// <summary>The files of Swagger UI. The assembly of its NuGet package holds them, gzipped, and is itself a resource of this one: only its
/// resources are read.</summary>
internal static class SwaggerUi
{
    private static readonly string[] Names = ["swagger-ui-bundle.js", "swagger-ui.css"];

    public static IEnumerable<(string Name, PageFile File)> Files()
    {
        var package = Assembly.Load(Read(typeof(SwaggerUi).Assembly, "swagger-ui.dll"));
        return Names.Select(name =>
            (name, PageFile.OfGzip(name, Read(package, $"Swashbuckle.AspNetCore.SwaggerUI.node_modules.swagger_ui_dist.{name}")))
        );
    }

    private static byte[] Read(Assembly assembly, string resource)
    {
        using var stream =
            assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} lacks the resource {resource}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
