using Azure.Core;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Quorum.Storage.Tests;

/// <summary>PostgreSQL here knows passwords and no tokens, so a role whose password is the token stands for an Entra identity's.</summary>
public sealed class EntraAuthenticationTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string Token = "eyJ0eXAi.header.and-signature";

    [Fact]
    public async Task The_token_of_the_apps_identity_is_the_password()
    {
        var identity = new Identity(Token);
        await using var database = await OpenAsAsync(identity);

        await database.PingAsync(CancellationToken.None);
        await using (await database.OpenDedicatedAsync(CancellationToken.None))
        {
            Assert.All(identity.Scopes, scope => Assert.Equal("https://ossrdbms-aad.database.windows.net/.default", scope));
            Assert.NotEmpty(identity.Scopes);
        }
    }

    [Fact]
    public async Task A_token_that_PostgreSQL_does_not_accept_opens_nothing_and_is_not_repeated()
    {
        const string Refused = "a-token-of-somebody-else";
        await using var database = await OpenAsAsync(new Identity(Refused));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.PingAsync(CancellationToken.None));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
        Assert.DoesNotContain(Refused, refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=x;Username=app;Password=secret", "must have no Password")]
    [InlineData("Host=x", "must name a Username")]
    public void Tokens_go_with_a_user_name_and_without_a_password(string connectionString, string fault)
    {
        var result = new StorageOptionsValidator().Validate(
            null,
            new StorageOptions { ConnectionString = connectionString, EntraAuthentication = true }
        );

        Assert.Contains(fault, result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.FailureMessage, StringComparison.Ordinal);
    }

    private async Task<QuorumDatabase> OpenAsAsync(TokenCredential identity)
    {
        var role = $"identity_{Guid.NewGuid():N}"; // Roles belong to the whole server.
        await fixture.Database.ExecuteAsync($"create role {role} login password '{Token}'");
        var connection = new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString) { Username = role, Password = null };
        return new QuorumDatabase(
            Options.Create(new StorageOptions { ConnectionString = connection.ConnectionString, EntraAuthentication = true }),
            credential: identity
        );
    }

    private sealed class Identity(string token) : TokenCredential
    {
        private readonly List<string> _scopes = [];

        public IReadOnlyList<string> Scopes
        {
            get
            {
                lock (_scopes)
                {
                    return [.. _scopes];
                }
            }
        }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            lock (_scopes)
            {
                _scopes.AddRange(requestContext.Scopes);
            }

            return new AccessToken(token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
