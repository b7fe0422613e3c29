using Quorum.Harness;

namespace Quorum.Early;

/// <summary>The command line.</summary>
internal sealed record EarlyArguments
{
    public const string Usage = """
        dotnet run -c Release --project bench/Early -- [options]
          --requests N   requests in each row, one at a time (default 400; 1 to 1900)
          --agree K      providers that must agree (default 3; 2 to 6)
          --quick        20 requests: shows that it runs, not how fast
          --help         this text
        """;

    public int Requests { get; private init; } = 400;

    public int Agree { get; private init; } = 3;

    /// <exception cref="FormatException">An argument is unknown or invalid; the message is meant for the user.</exception>
    public static EarlyArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new EarlyArguments();
        for (var i = 0; i < args.Count; i++)
        {
            parsed = args[i] switch
            {
                "--quick" => parsed with { Requests = 20 },
                "--requests" => parsed with { Requests = BenchProgram.Number(args, ++i, max: 1_900) },
                "--agree" => parsed with { Agree = BenchProgram.Number(args, ++i, max: 6) },
                _ => throw new FormatException($"{args[i]} is unknown or lacks a value."),
            };
        }

        return parsed.Agree >= 2 ? parsed : throw new FormatException("--agree must be a whole number from 2 to 6; got \"1\".");
    }
}
