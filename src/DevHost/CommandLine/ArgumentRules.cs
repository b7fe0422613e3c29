using System.CommandLine;
using System.CommandLine.Parsing;

namespace Quorum.DevHost.CommandLine;

/// <summary>The rules for the values of arguments and options.</summary>
internal static class ArgumentRules
{
    public static void RequireBetween<T>(OptionResult result, Option<T> option, int min, int max, string unit)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        if (result.Tokens.Count > 0 && (!int.TryParse(text, out var number) || number < min || number > max))
        {
            result.AddError($"{option.Name} must be between {min} and {max}{unit}; got {text}.");
        }
    }

    public static void RequireAgreement(OptionResult result, Option<string?> agree)
    {
        if (result.Tokens is [.., { Value: var text }] && text is not ("2" or "3" or "4" or "5" or "6" or "all"))
        {
            result.AddError($"{agree.Name} must be between 2 and 6, or all; got {text}.");
        }
    }

    /// <summary>An empty argument is most often a variable that a script has not set; the path of an address would lose it, or a dot.</summary>
    public static void RequireLetterOrDigit(ArgumentResult result, Argument<string> argument, string example)
    {
        if (result.Tokens is [{ Value: var text }] && !text.Any(char.IsLetterOrDigit))
        {
            result.AddError($"{argument.Name} must have a letter or a digit, for example {example}; got '{text}'.");
        }
    }

    /// <summary>A key is for a running instance: one that is started needs none.</summary>
    public static void RequireServer(OptionResult result, Option<string?> key, Option<Uri?> server)
    {
        if (result.GetResult(server) is null)
        {
            result.AddError($"{key.Name} must be given with --server, the address of the instance that it is for.");
        }
    }

    public static void RequireResultFile(OptionResult result, Option<string?> output)
    {
        var path = result.Tokens.Count > 0 ? result.Tokens[^1].Value : ".csv";
        if (Path.GetExtension(path).ToLowerInvariant() is not (".csv" or ".jsonl"))
        {
            result.AddError($"{output.Name} must end in .csv or .jsonl; got {path}.");
        }
    }
}
