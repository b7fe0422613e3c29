using System.Text.RegularExpressions;
using Npgsql;

namespace Quorum.Storage.Tests.Roles;

/// <summary>Runs a script as psql would, as far as ours go: <c>:'name'</c> and <c>:"name"</c> for variables, <c>\gexec</c> to run what a
/// query gives, <c>\set</c> passed over.</summary>
internal static partial class PsqlScript
{
    public static async Task RunAsync(string path, NpgsqlConnection connection, string app)
    {
        var text = await File.ReadAllTextAsync(path);
        text = text.Replace(":'app'", $"'{app}'", StringComparison.Ordinal).Replace(":\"app\"", $"\"{app}\"", StringComparison.Ordinal);
        text = CommentPattern().Replace(text, "");
        foreach (var part in StatementPattern().Matches(text).Select(match => match.Groups["statement"].Value.Trim()))
        {
            if (part.EndsWith("\\gexec", StringComparison.Ordinal))
            {
                foreach (var statement in await QueryAsync(connection, part[..^"\\gexec".Length]))
                {
                    await ExecuteAsync(connection, statement);
                }
            }
            else
            {
                await ExecuteAsync(connection, part);
            }
        }
    }

    private static async Task<List<string>> QueryAsync(NpgsqlConnection connection, string query)
    {
        var statements = new List<string>();
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            statements.Add(reader.GetString(0));
        }

        return statements;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"--[^\n]*|^\\set [^\n]*", RegexOptions.Multiline)]
    private static partial Regex CommentPattern();

    [GeneratedRegex(@"(?<statement>\S[^;\\]*(?:;|\\gexec))")]
    private static partial Regex StatementPattern();
}
