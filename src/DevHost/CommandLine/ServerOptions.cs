using System.CommandLine;
using Quorum.LocalServices;

namespace Quorum.DevHost.CommandLine;

/// <summary>The options that name a running instance, and the keys for it.</summary>
internal sealed class ServerOptions
{
    private readonly Option<Uri?> _server = new("--server")
    {
        Description = "Address of a running instance to ask, instead of starting one.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (
                Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)
                && address is { Scheme: "http" or "https", UserInfo.Length: 0, PathAndQuery: "/" }
            )
            {
                return address;
            }

            result.AddError(
                "--server must be an absolute http or https address without a user and a path, for example http://127.0.0.1:7071."
            );
            return null;
        },
    };

    private readonly Option<string?> _key = new("--key")
    {
        Description = "Function key of that instance (default: QUORUM_KEY in the environment).",
        HelpName = "KEY",
    };

    private readonly Option<string?>? _consumerKey;

    private ServerOptions(Option<string?>? consumerKey)
    {
        _consumerKey = consumerKey;
        RequireServer(_key);
        if (consumerKey is not null)
        {
            RequireServer(consumerKey);
        }
    }

    /// <summary>For a command that any caller may use.</summary>
    public static ServerOptions ForCallers() =>
        new(
            new Option<string?>("--consumer-key")
            {
                Description = "A consumer's key for that instance (default: QUORUM_CONSUMER_KEY in the environment).",
                HelpName = "KEY",
            }
        );

    /// <summary>For a command, with its subcommands, that only the master key may use.</summary>
    public static ServerOptions ForMaster()
    {
        var options = new ServerOptions(consumerKey: null);
        (options._server.Recursive, options._key.Recursive) = (true, true);
        options._key.Description = "Master key of that instance (default: QUORUM_KEY in the environment).";
        return options;
    }

    public void AddTo(Command command)
    {
        command.Add(_server);
        command.Add(_key);
        if (_consumerKey is not null)
        {
            command.Add(_consumerKey);
        }
    }

    /// <summary>Returns the instance that the command line names; <see langword="null"/> if one is to be started.</summary>
    public RunningServer? Of(ParseResult parsed) =>
        parsed.GetValue(_server) is { } address
            ? new RunningServer(
                address,
                KeyOf(parsed, _key, "QUORUM_KEY"),
                _consumerKey is null ? null : KeyOf(parsed, _consumerKey, "QUORUM_CONSUMER_KEY")
            )
            : null;

    /// <summary>Returns a key without spaces and line breaks around it; <see langword="null"/> for an empty one.</summary>
    /// <exception cref="LocalServiceException">The key has a character that no header may have.</exception>
    private static string? KeyOf(ParseResult parsed, Option<string?> option, string variable)
    {
        var own = parsed.GetValue(option);
        var key = (own ?? Environment.GetEnvironmentVariable(variable) ?? "").Trim();
        return key.All(character => character is >= '!' and <= '~')
            ? (key.Length > 0 ? key : null)
            : throw new LocalServiceException(
                $"{(own is null ? variable : option.Name)} must have only letters, digits and punctuation of ASCII, without spaces or line breaks; "
                    + "its value is not shown."
            );
    }

    private void RequireServer(Option<string?> key) => key.Validators.Add(result => ArgumentRules.RequireServer(result, key, _server));
}
