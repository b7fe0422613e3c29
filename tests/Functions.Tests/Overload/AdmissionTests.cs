using Microsoft.Extensions.Options;
using Quorum.Functions.Overload;

namespace Quorum.Functions.Tests.Overload;

public sealed class AdmissionTests
{
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(1),
        Busy = TimeSpan.FromMilliseconds(30);

    private readonly Admission _admission = new(Options.Create(new OverloadOptions()));

    [Fact]
    public void A_request_beyond_the_limit_is_rejected_until_one_leaves()
    {
        Enter(Admission.First);

        Assert.False(_admission.TryEnter());
        Assert.Equal(Admission.First, _admission.InFlight);
        _admission.Leave();
        Assert.True(_admission.TryEnter());
    }

    [Fact]
    public void A_standing_queue_of_work_lowers_the_limit_but_never_below_the_least()
    {
        Observe(Busy, windows: 1);
        Assert.Equal(217, _admission.Limit);

        Observe(Busy, windows: 20);
        Assert.Equal(96, _admission.Limit);
    }

    [Fact]
    public void A_burst_that_drains_within_the_window_changes_nothing()
    {
        for (var i = 0; i < 10; i++)
        {
            _admission.Observe(TimeSpan.FromMilliseconds(90));
            Observe(Calm, windows: 1, less: 1);
        }

        Assert.Equal(Admission.First, _admission.Limit);
    }

    [Fact]
    public void One_long_wait_lowers_the_limit_as_the_short_ones_do_that_it_took_the_place_of()
    {
        _admission.Observe(TimeSpan.FromSeconds(5));

        Assert.Equal(133, _admission.Limit);
        Assert.True(_admission.IsBusy);
    }

    [Fact]
    public void A_wait_that_the_target_allows_lowers_nothing_however_long_it_is()
    {
        var patient = new Admission(Options.Create(new OverloadOptions { TargetDelayMs = 1000 }));

        patient.Observe(TimeSpan.FromMilliseconds(900));

        Assert.Equal((Admission.First, false), (patient.Limit, patient.IsBusy));
    }

    [Fact]
    public void After_overload_the_limit_rises_again_within_ten_seconds_while_the_room_is_needed()
    {
        Observe(Busy, windows: 20);
        for (var i = 0; i < 100; i++)
        {
            Enter(_admission.Limit - _admission.InFlight);
            Observe(Calm, windows: 1); // a tenth of a second
        }

        Assert.Equal(1024, _admission.Limit);
    }

    [Fact]
    public void The_process_counts_as_busy_for_a_second_after_the_last_busy_moment()
    {
        Observe(Busy, windows: 1);
        Observe(Calm, windows: 9);
        Assert.True(_admission.IsBusy);

        Observe(Calm, windows: 1);
        Assert.False(_admission.IsBusy);
    }

    [Fact]
    public void An_unneeded_limit_does_not_rise()
    {
        Observe(Busy, windows: 20);
        Enter(10);
        Observe(Calm, windows: 100);

        Assert.Equal(96, _admission.Limit);
    }

    [Fact]
    public void Ninety_six_connections_that_saturate_the_processor_are_all_accepted()
    {
        Observe(Busy, windows: 1000);

        Assert.All(Enumerable.Range(0, 96), _ => Assert.True(_admission.TryEnter()));
    }

    [Theory]
    [InlineData(200, 100, 10, 500, "LeastInFlight must be at most MostInFlight (100); got 200")]
    [InlineData(1, 100, 500, 500, "StarvationMs must be longer than TargetDelayMs (500); got 500")]
    public void Options_that_contradict_each_other_are_refused_with_their_values(int min, int max, int target, int starvation, string fault)
    {
        var result = new OverloadOptionsValidator().Validate(
            null,
            new OverloadOptions
            {
                LeastInFlight = min,
                MostInFlight = max,
                TargetDelayMs = target,
                StarvationMs = starvation,
            }
        );

        Assert.Contains(fault, result.FailureMessage, StringComparison.Ordinal);
    }

    private void Enter(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            Assert.True(_admission.TryEnter());
        }
    }

    private void Observe(TimeSpan wait, int windows, int less = 0)
    {
        for (var i = 0; i < (windows * Admission.WindowLength) - less; i++)
        {
            _admission.Observe(wait);
        }
    }
}
