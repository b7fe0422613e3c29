using System.Net;
using System.Text.Json;
using Quorum.DevHost.App;
using Quorum.DevHost.CommandLine;
using Quorum.DevHost.Settings;
using Quorum.LocalServices;

namespace Quorum.DevHost.Commands;

/// <summary><c>check</c>: asks each configured provider for one quote and prints a line about its key.</summary>
internal static class CheckCommand
{
    private const string Symbol = "AAPL"; // included in every provider's cheapest plan
    private const int BudgetMs = 10_000;

    public static async Task<int> RunAsync(StackOptions options, CancellationToken cancellationToken)
    {
        var given = new GivenSettings(Environment.GetEnvironmentVariables());
        var roles = ProviderRoles.Of(given, options.SimulateMissing);
        if (roles.Real.Count == 0)
        {
            Say("No provider has a key; set Providers__<Id>__ApiKey in the environment. The simulator is checked instead.");
        }

        await using var stack = await LocalStack.StartAsync(
            new LocalStackRequest(FreePort.Find(), options, "check", ThrowawayData: true),
            Say,
            cancellationToken
        );
        var arguments = new QuoteArguments(Symbol, BudgetMs, Providers: null, Agree: "all", Currency: null, Json: true, Server: null);
        using var response = await QuoteCommand.AskAsync(
            arguments,
            new RunningServer(new Uri(stack.Address), Key: null),
            stack.Logs,
            cancellationToken
        );
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!TryReadProviders(body, out var lines, out var allWork))
        {
            Say(QuoteCommand.Explain(response.StatusCode, body));
            return ExitCode.Failure;
        }

        foreach (var line in lines)
        {
            await Console.Out.WriteLineAsync(line);
        }

        var allKnown = !UnknownProviderSettings.Warnings(given).Any(); // printed at the start
        return response.StatusCode == HttpStatusCode.OK && allWork && allKnown ? ExitCode.Success : ExitCode.Incomplete;
    }

    /// <summary>Reads a quote or a problem document, which both list the providers.</summary>
    internal static bool TryReadProviders(ReadOnlyMemory<byte> body, out List<string> lines, out bool allWork)
    {
        (lines, allWork) = ([], true);
        try
        {
            using var document = JsonDocument.Parse(body);
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("providers", out var providers)
            )
            {
                return false;
            }

            foreach (var provider in providers.EnumerateArray())
            {
                var outcome = provider.GetProperty("outcome").GetString() ?? "";
                var detail = provider.TryGetProperty("detail", out var text) ? text.GetString() : null;
                lines.Add($"{provider.GetProperty("id").GetString(), -14} {Verdict(outcome), -22} {detail}".TrimEnd());
                allWork &= outcome is "ok" or "disabled" or "not-covered";
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Verdict(string outcome) =>
        outcome switch
        {
            "ok" => "works",
            "invalid-key" => "key refused",
            "plan-restricted" => "not in the plan",
            "unreachable" or "timed-out" => "unreachable",
            "rate-limited" or "quota-exhausted" => "works, but no calls left",
            "disabled" => "not configured",
            _ => outcome,
        };

    private static void Say(string text) => Console.Error.WriteLine(text);
}
