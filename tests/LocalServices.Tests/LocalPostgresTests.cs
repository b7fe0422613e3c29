using Quorum.Testing.Postgres;

namespace Quorum.LocalServices.Tests;

public sealed class Smoke
{
    [Fact]
    public async Task A_fresh_database_is_empty_and_takes_statements()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("create table t (x int); insert into t values (1)");
        Assert.Equal(1, await database.QueryAsync<int>("select x from t"));
        Assert.Contains("SCRAM-SHA-256$1:", await database.QueryAsync<string>("select rolpassword from pg_authid where rolname='quorum'"));
    }
}
