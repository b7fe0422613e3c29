using Quorum.RequestTable;

const string Usage = """
    Sends every request of tests/RequestTable/requests.txt to a running app and compares the answers with those recorded there.

        dotnet run --project tests/RequestTable -- URL --host standalone|functions [--key KEY] [--record FILE]

    URL            the app's address, such as http://127.0.0.1:7071
    --host NAME    the host that it runs on: differences known of that host are accepted
    --key KEY      a function key; without one, requests that are about keys are left out
    --record FILE  writes the answers into a copy of the table instead of comparing them
    """;

if (args is not [var address, "--host", "standalone" or "functions", ..] || !Uri.TryCreate(address, UriKind.Absolute, out var url))
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

using var runner = new TableRunner(url, args[2], Option("--key"));
if (Option("--record") is { } file)
{
    await File.WriteAllTextAsync(file, await runner.RecordAsync(CancellationToken.None));
    return 0;
}

var (compared, differences) = await runner.CompareAsync(CancellationToken.None);
foreach (var difference in differences)
{
    await Console.Error.WriteLineAsync(difference + Environment.NewLine);
}

Console.WriteLine($"{compared} requests, {differences.Count} answers that differ from the table.");
return differences.Count == 0 ? 0 : 1;
