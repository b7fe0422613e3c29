using System.Reflection;
using System.Text;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>The SQL of one task hub. Statements are written for schema <c>taskhub</c>; a hub in another schema gets them with its name.</summary>
/// <param name="schema">A validated identifier (<see cref="PostgresOrchestrationOptions.Schema"/>).</param>
internal sealed class HubSql(string schema)
{
    private const string Folder = "Quorum.DurableTask.PostgreSql.Sql.";

    /// <summary>The schema, which is also the name of the hub's notification channel.</summary>
    public string Schema => schema;

    /// <summary>A statement with the hub's schema.</summary>
    public string Of(string statement) =>
        schema == PostgresOrchestrationOptions.DefaultSchema ? statement : statement.Replace("taskhub.", schema + ".", StringComparison.Ordinal);

    /// <summary>An embedded <c>.sql</c> file with the hub's schema.</summary>
    /// <param name="name">The file's name without its extension; for a migration with <c>Migrations.</c> before it.</param>
    public string File(string name) => Of(Read(name));

    /// <summary>The names of the hub's migrations in the order in which they are applied.</summary>
    public static IEnumerable<string> Migrations() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder + "Migrations.", StringComparison.Ordinal))
        .Select(name => name[(Folder.Length + "Migrations.".Length)..^".sql".Length])
        .Order(StringComparer.Ordinal);

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Folder}{name}.sql")
            ?? throw new InvalidOperationException($"The assembly has no embedded file {name}.sql.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
