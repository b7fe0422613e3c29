using Quorum.ProviderSimulator;

WebApplication app;
try
{
    app = SimulatorApp.Create(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}

await using (app)
{
    await app.StartAsync();
    Console.WriteLine($"listening on {app.Urls.First()}");
    await app.WaitForShutdownAsync();
    return 0;
}
