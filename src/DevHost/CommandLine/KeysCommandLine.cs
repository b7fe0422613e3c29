using System.CommandLine;
using Quorum.DevHost.Commands;

namespace Quorum.DevHost.CommandLine;

/// <summary>The command <c>keys</c> with its subcommands.</summary>
internal static class KeysCommandLine
{
    public static Command Create(StackCommandOptions stack)
    {
        var server = ServerOptions.ForMaster();
        var command = new Command(
            "keys",
            "Creates, lists and revokes the keys of consumers. Starts and stops everything, unless --server names a running instance."
        );
        server.AddTo(command);
        command.Add(CreateKey());
        command.Add(ListKeys());
        command.Add(RevokeKey());
        return command;

        Command CreateKey()
        {
            var name = new Argument<string>("NAME") { Description = "Lower-case letters, digits and hyphens, at most 40: risk-desk." };
            name.Validators.Add(result => ArgumentRules.RequireLetterOrDigit(result, name, "risk-desk"));
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
                        server.Of(parsed),
                        stack.Of(parsed),
                        stop
                    )
            );
            return create;
        }

        Command ListKeys()
        {
            var list = new Command("list", "Prints the consumers and their limits, without their keys.");
            list.SetAction((parsed, stop) => KeysCommand.ListAsync(server.Of(parsed), stack.Of(parsed), stop));
            return list;
        }

        Command RevokeKey()
        {
            var name = new Argument<string>("NAME") { Description = "The consumer's name." };
            name.Validators.Add(result => ArgumentRules.RequireLetterOrDigit(result, name, "risk-desk"));
            var revoke = new Command("revoke", "Revokes a consumer's key.") { name };
            revoke.SetAction(
                (parsed, stop) => KeysCommand.RevokeAsync(parsed.GetRequiredValue(name), server.Of(parsed), stack.Of(parsed), stop)
            );
            return revoke;
        }

        static Option<int?> Limit(string name, string period)
        {
            var limit = new Option<int?>(name) { Description = $"Provider calls allowed in {period} (default: no limit).", HelpName = "N" };
            limit.Validators.Add(result => ArgumentRules.RequireBetween(result, limit, 1, 1_000_000_000, ""));
            return limit;
        }
    }
}
