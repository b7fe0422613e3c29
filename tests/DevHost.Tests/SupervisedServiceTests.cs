using System.Threading.Channels;
using Quorum.DevHost.Supervision;
using Quorum.LocalServices;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.DevHost.Tests;

public sealed class SupervisedServiceTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Channel<string> _reports = Channel.CreateUnbounded<string>();
    private readonly List<FakeService> _started = [];
    private LocalServiceException? _refusal;

    [Fact]
    public async Task Fallen_service_is_started_again()
    {
        await using var supervised = await StartAsync();

        _started[0].Fall(137);
        Assert.Equal("It ended with exit code 137; starting it again in 0.25 s.", await NextReportAsync());
        await _clock.WhenArmedAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal("It is back.", await NextReportAsync());
        Assert.Equal(2, _started.Count);
    }

    [Fact]
    public async Task Waits_grow_while_it_keeps_falling()
    {
        await using var supervised = await StartAsync();

        foreach (var wait in (double[])[0.25, 0.5, 1, 2, 4, 8, 15, 15])
        {
            _started[^1].Fall(1);
            Assert.Contains($" in {wait} s.", await NextReportAsync(), StringComparison.Ordinal);
            await _clock.WhenArmedAsync();
            _clock.Advance(TimeSpan.FromSeconds(wait));
            Assert.Equal("It is back.", await NextReportAsync());
        }
    }

    [Fact]
    public async Task Long_life_makes_the_next_wait_short_again()
    {
        await using var supervised = await StartAsync();
        _started[^1].Fall(1);
        await NextReportAsync();
        await _clock.WhenArmedAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        await NextReportAsync();

        _clock.Advance(TimeSpan.FromMinutes(1));
        _started[^1].Fall(1);

        Assert.Contains(" in 0.25 s.", await NextReportAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_that_fails_is_tried_again()
    {
        await using var supervised = await StartAsync();
        _refusal = new LocalServiceException("Disk full.");
        _started[0].Fall(1);
        await NextReportAsync();
        await _clock.WhenArmedAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("Disk full.", await NextReportAsync());

        _refusal = null;
        Assert.Contains(" in 0.5 s.", await NextReportAsync(), StringComparison.Ordinal);
        await _clock.WhenArmedAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal("It is back.", await NextReportAsync());
    }

    [Fact]
    public async Task First_start_that_fails_is_the_callers_to_answer()
    {
        _refusal = new LocalServiceException("Disk full.");

        await Assert.ThrowsAsync<LocalServiceException>(StartAsync);
    }

    [Fact]
    public async Task Disposing_stops_it_for_good()
    {
        var supervised = await StartAsync();

        await supervised.DisposeAsync();

        Assert.True(_started[0].Stopped);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    private Task<SupervisedService> StartAsync() =>
        SupervisedService.StartAsync(
            "It",
            _ => _refusal is null ? Task.FromResult(Start()) : throw _refusal,
            text => _reports.Writer.TryWrite(text),
            _clock,
            CancellationToken.None
        );

    private Task<string> NextReportAsync() => _reports.Reader.ReadAsync().AsTask().WithinAsync();

    private RunningService Start()
    {
        var service = new FakeService();
        _started.Add(service);
        return new RunningService(service.Exited, service.StopAsync);
    }

    private sealed class FakeService
    {
        private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<int> Exited => _exited.Task;

        public bool Stopped { get; private set; }

        public void Fall(int code) => _exited.SetResult(code);

        public Task StopAsync()
        {
            Stopped = true;
            _exited.TrySetResult(0);
            return Task.CompletedTask;
        }
    }
}
