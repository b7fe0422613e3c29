using Microsoft.Playwright;

namespace Quorum.Console.Tests.Browser;

/// <summary>The Chromium of the system: <c>QUORUM_CHROMIUM</c>, else the first of the usual names on the PATH.</summary>
internal static class Chromium
{
    private const string Variable = "QUORUM_CHROMIUM";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-lcd-text",
    ];

    /// <summary>The path of the program; <see langword="null"/> when there is none.</summary>
    public static string? Find() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .SelectMany(folder => Names.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
                .FirstOrDefault(File.Exists);

    /// <summary>Skips the test where there is no Chromium; in CI (the variable <c>CI</c>) it fails.</summary>
    public static void Require() =>
        Skip.If(
            Find() is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")),
            $"No Chromium was found: install the package chromium, or name the program in {Variable}."
        );

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) =>
        playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Find(),
                Headless = true,
                Args = Arguments,
            }
        );
}
