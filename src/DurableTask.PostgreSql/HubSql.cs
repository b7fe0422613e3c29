using Quorum.Shared.Postgres;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>The SQL of one task hub. Statements are written for schema <c>taskhub</c>; a hub in another schema gets them with its
/// name.</summary>
/// <param name="schema">A validated identifier (<see cref="PostgresOrchestrationOptions.Schema"/>).</param>
internal sealed class HubSql(string schema)
{
    /// <summary>The SQLSTATE of <c>hold_instances</c>: an instance of the group has another owner.</summary>
    public const string InstanceLost = "TH001";

    /// <summary>The schema, which is also the name of the hub's notification channel.</summary>
    public string Schema => schema;

    /// <summary>A statement with the hub's schema.</summary>
    public string Of(string statement) =>
        schema == PostgresOrchestrationOptions.DefaultSchema
            ? statement
            : statement.Replace("taskhub.", schema + ".", StringComparison.Ordinal);

    /// <summary>An embedded <c>.sql</c> file with the hub's schema.</summary>
    /// <param name="name">The file's name without its extension; for a migration with <c>Migrations.</c> before it.</param>
    public string File(string name) => Of(EmbeddedText.Read($".Sql.{name}.sql"));
}
