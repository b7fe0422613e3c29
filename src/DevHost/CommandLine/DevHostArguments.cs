using System.Globalization;

namespace Quorum.DevHost.CommandLine;

/// <summary>What to do.</summary>
internal enum DevHostCommand
{
    Serve,
    Quote,
    Batch,
    Help,
}

/// <summary>The command line, understood or not.</summary>
/// <remarks>Written by hand: a few options do not pay for a parser in a process whose memory counts.</remarks>
internal sealed record DevHostArguments
{
    public DevHostCommand Command { get; private init; }

    /// <summary><see langword="null"/>: not given.</summary>
    public int? Port { get; private init; }

    /// <summary>Of <c>quote</c>; empty otherwise.</summary>
    public string Symbol { get; private init; } = "";

    /// <summary>Milliseconds, of <c>quote</c>. Generous by default, so that a cold start is no excuse.</summary>
    public int Budget { get; private init; } = 5000;

    /// <summary>Of <c>quote</c>, comma separated; <see langword="null"/>: all.</summary>
    public string? Providers { get; private init; }

    /// <summary>Of <c>batch</c>: the CSV file with the symbols; empty otherwise.</summary>
    public string File { get; private init; } = "";

    /// <summary>Of <c>batch</c>: where the results go; <see langword="null"/>: to standard output.</summary>
    public string? Output { get; private init; }

    /// <summary>Where data and logs are kept; <see langword="null"/>: in this checkout's folder.</summary>
    public string? DataFolder { get; private init; }

    /// <summary>What is wrong with the command line; <see langword="null"/>: nothing.</summary>
    public string? Error { get; private init; }

    public static DevHostArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new DevHostArguments();
        for (var at = 0; at < args.Count; at++)
        {
            var (name, attached) = Split(args[at]);
            parsed = name switch
            {
                "-h" or "--help" or "-?" => parsed with { Command = DevHostCommand.Help },
                "--port" => parsed.WithPort(Value()),
                "--budget" => parsed.WithBudget(Value()),
                "--providers" => Value() is { Length: > 0 } list ? parsed with { Providers = list } : Wrong("--providers needs a list."),
                "--data" => Value() is { Length: > 0 } folder ? parsed with { DataFolder = folder } : Wrong("--data needs a folder."),
                "--output" => parsed.WithOutput(Value()),
                "quote" when parsed.Command == DevHostCommand.Serve => parsed with { Command = DevHostCommand.Quote },
                "batch" when parsed.Command == DevHostCommand.Serve => parsed with { Command = DevHostCommand.Batch },
                _ when name.StartsWith('-') => Wrong($"There is no option {name}."),
                _ when parsed is { Command: DevHostCommand.Quote, Symbol: "" } => parsed with { Symbol = args[at] },
                _ when parsed is { Command: DevHostCommand.Batch, File: "" } => parsed with { File = args[at] },
                _ => Wrong($"What is {args[at]} for?"),
            };
            if (parsed.Error is not null)
                return parsed;
            if (parsed.Command == DevHostCommand.Help)
                return parsed;

            string? Value() => attached ?? (at + 1 < args.Count ? args[++at] : null);
        }
        return parsed.Checked();
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=') : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static DevHostArguments Wrong(string error) => new() { Error = error };

    private static int? Number(string? text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private DevHostArguments WithPort(string? text) =>
        Number(text, 1, 65535) is { } port ? this with { Port = port } : Wrong($"--port needs a number from 1 to 65535, not {text ?? "nothing"}.");

    private DevHostArguments WithBudget(string? text) =>
        Number(text, 50, 10000) is { } budget
            ? this with { Budget = budget }
            : Wrong($"--budget needs milliseconds from 50 to 10000, not {text ?? "nothing"}.");

    private DevHostArguments WithOutput(string? text) =>
        text is not null && (text.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || text.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            ? this with { Output = text }
            : Wrong($"--output needs a file that ends in .csv or .jsonl, not {text ?? "nothing"}.");

    private DevHostArguments Checked() => this switch
    {
        { Command: DevHostCommand.Batch, File: "" } => Wrong("batch needs a CSV file with symbols in its first column."),
        { Command: DevHostCommand.Batch, Port: not null } => Wrong("batch takes free ports: leave --port out."),
        { Command: not DevHostCommand.Batch, Output: not null } => Wrong("--output belongs to batch."),
        { Command: DevHostCommand.Quote, Symbol: "" } => Wrong("quote needs a symbol, AAPL or VOD:XLON for instance."),
        { Command: DevHostCommand.Quote, Port: not null } => Wrong("quote takes free ports: leave --port out."),
        { Command: not DevHostCommand.Quote, Providers: not null } => Wrong("--providers belongs to quote."),
        { Command: not DevHostCommand.Quote, Budget: not 5000 } => Wrong("--budget belongs to quote."),
        _ => this,
    };
}
