using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Quorum.DevHost.Commands;

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

    public static RootCommand Create()
    {
        var data = new Option<DirectoryInfo?>("--data")
        {
            Description = "Folder of databases and logs (default: .quorum in the repository's root).",
            HelpName = "FOLDER",
            Recursive = true,
        };
        var simulateMissing = new Option<bool>("--simulate-missing")
        {
            Description = "Simulate the providers without a key even if others are real. Every answer is then marked 'simulated'.",
            Recursive = true,
        };
        var root = new RootCommand(EnvironmentNote) { data, simulateMissing };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpText();
        }

        AddServe(root, data, simulateMissing);
        root.Add(Quote(data, simulateMissing));
        root.Add(Batch(data, simulateMissing));
        root.Add(Check(data, simulateMissing));
        root.Add(Keys(data, simulateMissing));
        return root;
    }

    private static void AddServe(RootCommand root, Option<DirectoryInfo?> data, Option<bool> simulateMissing)
    {
        var port = new Option<int?>("--port")
        {
            Description = "Port on 127.0.0.1 (default: FUNCTIONS_HTTP_PORT in the environment, else 7071).",
            HelpName = "N",
        };
        port.Validators.Add(result => RequireBetween(result, port, 1, 65535, ""));
        root.Add(port);
        root.SetAction((parsed, stop) => ServeCommand.RunAsync(parsed.GetValue(port), StackOptions(parsed, data, simulateMissing), stop));
    }

    private static Command Quote(Option<DirectoryInfo?> data, Option<bool> simulateMissing)
    {
        var symbol = new Argument<string>("SYMBOL") { Description = "A ticker with an optional venue: AAPL, BRK.B, VOD:XLON." };
        symbol.Validators.Add(result => RequireLetterOrDigit(result, symbol, "AAPL or VOD:XLON"));
        var budget = new Option<int>("--budget")
        {
            Description = "Time for the answer in milliseconds, 50 to 10000.",
            HelpName = "MS",
            DefaultValueFactory = _ => 5000,
        };
        budget.Validators.Add(result => RequireBetween(result, budget, 50, 10000, " ms"));
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
        agree.Validators.Add(result => RequireAgreement(result, agree));
        var currency = new Option<string?>("--currency")
        {
            Description = "Currency of the prices: an ISO 4217 code or a minor unit such as GBX (default: the instrument's own).",
            HelpName = "CODE",
        };
        var json = new Option<bool>("--json") { Description = "Prints the whole answer as JSON." };
        var (server, key) = Server();
        var consumerKey = ConsumerKey(server);
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
            server,
            key,
            consumerKey,
        };
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
                        ServerOf(parsed, server, key, consumerKey)
                    ),
                    StackOptions(parsed, data, simulateMissing),
                    stop
                )
        );
        return command;
    }

    private static Command Batch(Option<DirectoryInfo?> data, Option<bool> simulateMissing)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A CSV or text file as brokers and portfolio tools write it, with symbols or ISINs in one of its columns.",
        };
        file.Validators.Add(result => RequireLetterOrDigit(result, file, "positions.csv"));
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
        output.Validators.Add(result => RequireResultFile(result, output));
        var (server, key) = Server();
        var consumerKey = ConsumerKey(server);
        var command = new Command(
            "batch",
            "Gets a quote for every line of a file. Starts and stops everything, unless --server names a running instance."
        )
        {
            file,
            column,
            output,
            server,
            key,
            consumerKey,
        };
        command.SetAction(
            (parsed, stop) =>
                BatchCommand.RunAsync(
                    new BatchArguments(
                        parsed.GetRequiredValue(file),
                        parsed.GetValue(column),
                        parsed.GetValue(output),
                        ServerOf(parsed, server, key, consumerKey)
                    ),
                    StackOptions(parsed, data, simulateMissing),
                    stop
                )
        );
        return command;
    }

    private static Command Check(Option<DirectoryInfo?> data, Option<bool> simulateMissing)
    {
        var command = new Command("check", "Calls every configured provider once and checks its key.");
        command.SetAction((parsed, stop) => CheckCommand.RunAsync(StackOptions(parsed, data, simulateMissing), stop));
        return command;
    }

    private static Command Keys(Option<DirectoryInfo?> data, Option<bool> simulateMissing)
    {
        var (server, key) = Server();
        (server.Recursive, key.Recursive) = (true, true);
        key.Description = "Master key of that instance (default: QUORUM_KEY in the environment).";
        var command = new Command(
            "keys",
            "Creates, lists and revokes the keys of consumers. Starts and stops everything, unless --server names a running instance."
        )
        {
            server,
            key,
        };
        command.Add(CreateKey());
        command.Add(ListKeys());
        command.Add(RevokeKey());
        return command;

        Command CreateKey()
        {
            var name = new Argument<string>("NAME") { Description = "Lower-case letters, digits and hyphens, at most 40: risk-desk." };
            name.Validators.Add(result => RequireLetterOrDigit(result, name, "risk-desk"));
            var perSecond = Limit("--per-second", "a second");
            var perMinute = Limit("--per-minute", "a minute");
            var perDay = Limit("--per-day", "a UTC day");
            var providers = new Option<string?>("--providers")
            {
                Description = "The providers that the consumer may ask: a comma-separated list of ids (default: all).",
                HelpName = "LIST",
            };
            var create = new Command("create", "Creates a consumer and prints its key, which is shown only once.")
            {
                name,
                perSecond,
                perMinute,
                perDay,
                providers,
            };
            create.SetAction(
                (parsed, stop) =>
                    KeysCommand.CreateAsync(
                        new NewConsumerArguments(
                            parsed.GetRequiredValue(name),
                            parsed.GetValue(perSecond),
                            parsed.GetValue(perMinute),
                            parsed.GetValue(perDay),
                            parsed.GetValue(providers)
                        ),
                        ServerOf(parsed, server, key),
                        StackOptions(parsed, data, simulateMissing),
                        stop
                    )
            );
            return create;
        }

        Command ListKeys()
        {
            var list = new Command("list", "Prints the consumers and their limits, without their keys.");
            list.SetAction(
                (parsed, stop) => KeysCommand.ListAsync(ServerOf(parsed, server, key), StackOptions(parsed, data, simulateMissing), stop)
            );
            return list;
        }

        Command RevokeKey()
        {
            var name = new Argument<string>("NAME") { Description = "The consumer's name." };
            name.Validators.Add(result => RequireLetterOrDigit(result, name, "risk-desk"));
            var revoke = new Command("revoke", "Revokes a consumer's key.") { name };
            revoke.SetAction(
                (parsed, stop) =>
                    KeysCommand.RevokeAsync(
                        parsed.GetRequiredValue(name),
                        ServerOf(parsed, server, key),
                        StackOptions(parsed, data, simulateMissing),
                        stop
                    )
            );
            return revoke;
        }

        static Option<int?> Limit(string name, string period)
        {
            var limit = new Option<int?>(name) { Description = $"Provider calls allowed in {period} (default: no limit).", HelpName = "N" };
            limit.Validators.Add(result => RequireBetween(result, limit, 1, 1_000_000_000, ""));
            return limit;
        }
    }

    private static (Option<Uri?> Server, Option<string?> Key) Server()
    {
        var server = new Option<Uri?>("--server")
        {
            Description = "Address of a running instance to ask, instead of starting one.",
            HelpName = "URL",
            CustomParser = result =>
            {
                if (
                    Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)
                    && address is { Scheme: "http" or "https", UserInfo.Length: 0 }
                )
                {
                    return address;
                }

                result.AddError("--server must be an absolute http or https address without a user, for example http://127.0.0.1:7071.");
                return null;
            },
        };
        var key = new Option<string?>("--key")
        {
            Description = "Function key of that instance (default: QUORUM_KEY in the environment).",
            HelpName = "KEY",
        };
        key.Validators.Add(result => RequireServer(result, key, server));
        return (server, key);
    }

    private static Option<string?> ConsumerKey(Option<Uri?> server)
    {
        var key = new Option<string?>("--consumer-key")
        {
            Description = "A consumer's key for that instance (default: QUORUM_CONSUMER_KEY in the environment).",
            HelpName = "KEY",
        };
        key.Validators.Add(result => RequireServer(result, key, server));
        return key;
    }

    private static RunningServer? ServerOf(
        ParseResult parsed,
        Option<Uri?> server,
        Option<string?> key,
        Option<string?>? consumerKey = null
    ) =>
        parsed.GetValue(server) is { } address
            ? new RunningServer(
                address,
                parsed.GetValue(key) ?? Environment.GetEnvironmentVariable("QUORUM_KEY"),
                consumerKey is null ? null : parsed.GetValue(consumerKey) ?? Environment.GetEnvironmentVariable("QUORUM_CONSUMER_KEY")
            )
            : null;

    private static StackOptions StackOptions(ParseResult parsed, Option<DirectoryInfo?> data, Option<bool> simulateMissing) =>
        new(parsed.GetValue(data)?.FullName, parsed.GetValue(simulateMissing));

    private static void RequireBetween<T>(OptionResult result, Option<T> option, int min, int max, string unit)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        if (result.Tokens.Count > 0 && (!int.TryParse(text, out var number) || number < min || number > max))
        {
            result.AddError($"{option.Name} must be between {min} and {max}{unit}; got {text}.");
        }
    }

    private static void RequireAgreement(OptionResult result, Option<string?> agree)
    {
        if (result.Tokens is [.., { Value: var text }] && text is not ("2" or "3" or "4" or "5" or "6" or "all"))
        {
            result.AddError($"{agree.Name} must be between 2 and 6, or all; got {text}.");
        }
    }

    /// <summary>An empty argument is most often a variable that a script has not set; the path of an address would lose it, or a dot.</summary>
    private static void RequireLetterOrDigit(ArgumentResult result, Argument<string> argument, string example)
    {
        if (result.Tokens is [{ Value: var text }] && !text.Any(char.IsLetterOrDigit))
        {
            result.AddError($"{argument.Name} must have a letter or a digit, for example {example}; got '{text}'.");
        }
    }

    /// <summary>A key is for a running instance: one that is started needs none.</summary>
    private static void RequireServer(OptionResult result, Option<string?> key, Option<Uri?> server)
    {
        if (result.GetResult(server) is null)
        {
            result.AddError($"{key.Name} must be given with --server, the address of the instance that it is for.");
        }
    }

    private static void RequireResultFile(OptionResult result, Option<string?> output)
    {
        var path = result.Tokens.Count > 0 ? result.Tokens[^1].Value : ".csv";
        if (Path.GetExtension(path).ToLowerInvariant() is not (".csv" or ".jsonl"))
        {
            result.AddError($"{output.Name} must end in .csv or .jsonl; got {path}.");
        }
    }
}

/// <summary>The data folder of a local stack, and the providers to simulate.</summary>
/// <param name="DataFolder">The folder of databases and logs; <see langword="null"/> for the one in this checkout.</param>
/// <param name="SimulateMissing">True to simulate the providers without a key beside real ones.</param>
internal sealed record StackOptions(string? DataFolder, bool SimulateMissing);
