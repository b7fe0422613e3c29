namespace Quorum.ProviderSimulator;

/// <summary>An unusual form of answer that a provider is known to give, to be switched on by name.</summary>
/// <param name="Name">Unique within the provider.</param>
/// <param name="Meaning">The description in <c>GET /admin/shapes</c>.</param>
/// <param name="Write">Replaces the whole answer; <see langword="null"/> for a shape that only changes the ordinary answer.</param>
internal sealed record Shape(string Name, string Meaning, Action<Call, Reply>? Write = null)
{
    public static Shape Fixed(string name, string meaning, int status, string contentType, string body)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        return new Shape(name, meaning, (_, reply) => reply.Raw(status, contentType, bytes, CallOutcome.Fault));
    }

    public static IReadOnlyDictionary<string, Shape> Table(params ReadOnlySpan<Shape> shapes)
    {
        var table = new Dictionary<string, Shape>(StringComparer.Ordinal);
        foreach (var shape in shapes)
        {
            table.Add(shape.Name, shape);
        }

        return table;
    }
}
