namespace Microsoft.Azure.Functions.Worker;

/// <summary>One firing of a timer.</summary>
public class TimerInfo
{
    /// <summary>Where the timer stands; null when its schedule is not monitored (<see cref="TimerTriggerAttribute.UseMonitor"/>).</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether it should have fired earlier, when no process ran.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>Where a timer stands. All times are UTC.</summary>
public class ScheduleStatus
{
    /// <summary>When it fired before; the default value when it never has.</summary>
    public DateTime Last { get; set; }

    /// <summary>When it is due after this.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this state was written.</summary>
    public DateTime LastUpdated { get; set; }
}
