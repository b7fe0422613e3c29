using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Quorum.DevHost.Commands;
using Quorum.LocalServices;

namespace Quorum.DevHost.CommandLine;

/// <summary>The commands and options of DevHost.</summary>
internal static class DevHostCommandLine
{
    private const string EnvironmentNote = """
        Starts Quorum on this machine with everything that it needs, and serves until Ctrl+C. The data are kept for the next start.

        DevHost starts what the environment does not give:
          ConnectionStrings__Quorum   PostgreSQL (otherwise one from npm)
          AzureWebJobsStorage         the storage account of the queues (otherwise Azurite from npm)
          Providers__<Id>__ApiKey     a real provider; Alpaca also needs Providers__Alpaca__ApiSecret
                                      (without any key, all six providers are simulated)
                                      Ids: Finnhub AlphaVantage TwelveData Massive Alpaca Eodhd
          Providers__<Id>__BaseAddress   another address for a provider, for example your own test server

        Exit codes: 0 success; 1 failure; 2 wrong command line; 130 stopped before the end.
                    3 of batch: some lines have no quote. 3 of check: a provider does not work, or a setting is misspelled.
        """;

    /// <summary>Runs a command line and returns the exit code of the process.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="stop">Requests the stop.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stop)
    {
        var parsed = Create().Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync("See --help.");
            return ExitCode.BadUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop);
        }
        catch (LocalServiceException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Stopped;
        }
    }

    public static RootCommand Create()
    {
        var stack = new StackCommandOptions();
        var root = new RootCommand(EnvironmentNote);
        stack.AddTo(root);
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpText();
        }

        AddServe(root, stack);
        root.Add(Quote(stack));
        root.Add(Batch(stack));
        root.Add(Check(stack));
        root.Add(KeysCommandLine.Create(stack));
        return root;
    }

    private static void AddServe(RootCommand root, StackCommandOptions stack)
    {
        var port = new Option<int?>("--port")
        {
            Description = "Port on 127.0.0.1 (default: FUNCTIONS_HTTP_PORT in the environment, else 7071).",
            HelpName = "N",
        };
        port.Validators.Add(result => ArgumentRules.RequireBetween(result, port, 1, 65535, ""));
        root.Add(port);
        root.SetAction((parsed, stop) => ServeCommand.RunAsync(parsed.GetValue(port), stack.Of(parsed), stop));
    }

    private static Command Quote(StackCommandOptions stack)
    {
        var symbol = new Argument<string>("SYMBOL") { Description = "A ticker with an optional venue: AAPL, BRK.B, VOD:XLON." };
        symbol.Validators.Add(result => ArgumentRules.RequireLetterOrDigit(result, symbol, "AAPL or VOD:XLON"));
        var budget = new Option<int>("--budget")
        {
            Description = "Time for the answer in milliseconds, 50 to 10000.",
            HelpName = "MS",
            DefaultValueFactory = _ => 5000,
        };
        budget.Validators.Add(result => ArgumentRules.RequireBetween(result, budget, 50, 10000, " ms"));
        var providers = new Option<string?>("--providers")
        {
            Description = "Asks only these providers: a comma-separated list of ids.",
            HelpName = "LIST",
        };
        var agree = new Option<string?>("--agree")
        {
            Description = "Answers as soon as this number of providers agrees, 2 to 6, or all.",
            HelpName = "N",
        };
        agree.Validators.Add(result => ArgumentRules.RequireAgreement(result, agree));
        var currency = new Option<string?>("--currency")
        {
            Description = "Currency of the prices: an ISO 4217 code or a minor unit such as GBX (default: the instrument's own).",
            HelpName = "CODE",
        };
        var json = new Option<bool>("--json") { Description = "Prints the whole answer as JSON." };
        var server = ServerOptions.ForCallers();
        var command = new Command(
            "quote",
            "Requests one quote and prints it. Starts and stops everything, unless --server names a running instance."
        )
        {
            symbol,
            budget,
            providers,
            agree,
            currency,
            json,
        };
        server.AddTo(command);
        command.SetAction(
            (parsed, stop) =>
                QuoteCommand.RunAsync(
                    new QuoteArguments(
                        parsed.GetRequiredValue(symbol),
                        parsed.GetValue(budget),
                        parsed.GetValue(providers),
                        parsed.GetValue(agree),
                        parsed.GetValue(currency),
                        parsed.GetValue(json),
                        server.Of(parsed)
                    ),
                    stack.Of(parsed),
                    stop
                )
        );
        return command;
    }

    private static Command Batch(StackCommandOptions stack)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A CSV or text file as brokers and portfolio tools write it, with symbols or ISINs in one of its columns.",
        };
        file.Validators.Add(result => ArgumentRules.RequireLetterOrDigit(result, file, "positions.csv"));
        var column = new Option<string?>("--column")
        {
            Description = "Column of the symbols: its heading, or its number from 1 (default: found by its heading or its content).",
            HelpName = "NAME|N",
        };
        var output = new Option<string?>("--output")
        {
            Description = "Result file: .csv, or .jsonl for JSON lines with all details (default: CSV to standard output).",
            HelpName = "FILE",
        };
        output.Validators.Add(result => ArgumentRules.RequireResultFile(result, output));
        var server = ServerOptions.ForCallers();
        var command = new Command(
            "batch",
            "Gets a quote for every line of a file. Starts and stops everything, unless --server names a running instance."
        )
        {
            file,
            column,
            output,
        };
        server.AddTo(command);
        command.SetAction(
            (parsed, stop) =>
                BatchCommand.RunAsync(
                    new BatchArguments(parsed.GetRequiredValue(file), parsed.GetValue(column), parsed.GetValue(output), server.Of(parsed)),
                    stack.Of(parsed),
                    stop
                )
        );
        return command;
    }

    private static Command Check(StackCommandOptions stack)
    {
        var command = new Command("check", "Calls every configured provider once and checks its key.");
        command.SetAction((parsed, stop) => CheckCommand.RunAsync(stack.Of(parsed), stop));
        return command;
    }
}
