using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Quorum.CaseStudy.CommandLine;
using Quorum.CaseStudy.Measuring;
using Quorum.LocalServices.Processes;

namespace Quorum.CaseStudy.Reporting;

/// <summary>Writes the findings as Markdown.</summary>
internal static class MarkdownReport
{
    public static string Write(CaseStudyArguments arguments, IReadOnlyList<Findings> findings, DateTimeOffset now)
    {
        var limit = Milliseconds(Findings.Limit);
        var text = new StringBuilder();
        text.AppendLine($"# Case study, {now.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        text.AppendLine();
        text.AppendLine(
            $"{Environment.ProcessorCount} cores ({RuntimeInformation.ProcessArchitecture}), {RuntimeInformation.OSDescription}, "
                + $"{RuntimeInformation.FrameworkDescription}, {BuiltPrograms.Configuration} build; the cores are shared by load generator, simulator, PostgreSQL and app."
        );
        text.AppendLine(
            "The same work in each variant: six simulated providers at their default latencies, reference data from PostgreSQL, one merged quote. "
                + "The first two variants run inside this process and store nothing; the app is called over HTTP, and every activity is in its history."
        );
        if (arguments.Quick)
        {
            text.AppendLine("A quick run: it shows that everything works, not how fast it is.");
        }

        text.AppendLine();
        text.AppendLine($"| variant | requests | p50 ms | p95 ms | carries, p95 inside {limit} ms |");
        text.AppendLine("|---|---:|---:|---:|---|");
        foreach (var variant in findings)
        {
            text.AppendLine(
                $"| {variant.Variant} | {variant.OneAtATime.Asked} | {Milliseconds(variant.OneAtATime.P50)} | {Milliseconds(variant.OneAtATime.P95)} | {Carried(variant)} |"
            );
        }

        text.AppendLine();
        text.AppendLine(
            $"Open loop, {arguments.Duration.TotalSeconds:0} s at each rate, up to the first that is not sustained; "
                + "a time counts from when the request was due, and a request without a complete answer counts as infinite."
        );
        text.AppendLine();
        text.AppendLine($"| variant | requests/s | asked | complete | p50 ms | p95 ms | inside {limit} ms |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---|");
        foreach (var variant in findings)
        {
            foreach (var (rate, latencies) in variant.AtRates)
            {
                text.AppendLine(
                    $"| {variant.Variant} | {rate} | {latencies.Asked} | {latencies.Answered} | {Milliseconds(latencies.P50)} | {Milliseconds(latencies.P95)} "
                        + $"| {(Findings.IsCarried(latencies) ? "yes" : "no")} |"
                );
            }
        }

        return text.ToString();
    }

    private static string Carried(Findings variant) =>
        (variant.CarriedRate, variant.TooMuch) switch
        {
            (null, _) when variant.OneAtATime.P50 > Findings.Limit =>
                $"nothing: one request alone takes {Milliseconds(variant.OneAtATime.P50)} ms",
            (null, { } tooMuch) => $"nothing: {tooMuch.Rate}/s is too much",
            ({ } rate, { } tooMuch) => $"{rate}/s; {tooMuch.Rate}/s is too much",
            ({ } rate, null) => $"{rate}/s at least",
            (null, null) => "nothing was tried",
        };

    private static string Milliseconds(TimeSpan time) =>
        time == TimeSpan.MaxValue ? "never" : time.TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture);
}
