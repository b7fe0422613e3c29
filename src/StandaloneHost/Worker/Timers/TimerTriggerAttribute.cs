using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts the function by a schedule, once however many processes share the hub; stands on a <see cref="TimerInfo"/> parameter.</summary>
/// <param name="schedule">NCRONTAB, six fields from second to day of week, in the zone that the setting <c>WEBSITE_TIME_ZONE</c> names
/// (else UTC); <c>%SETTING%</c> in it stands for a setting's value.</param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>The schedule as declared.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>Whether an occurrence that came while no process ran is made up for. Default true.</summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Whether it also fires when the process that runs the timers starts.</summary>
    public bool RunOnStartup { get; set; }
}
