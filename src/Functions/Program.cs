using Microsoft.Extensions.Hosting;
using Quorum.Functions;

await App.CreateBuilder(args).Build().RunAsync();
