using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Http;
using Quorum.StandaloneHost.Hosting.Queues;
using Quorum.StandaloneHost.Timers;
using RetryContext = Microsoft.Azure.Functions.Worker.RetryContext;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>One invocation of one function. Objects that few functions need are created on demand.</summary>
internal sealed class Invocation : FunctionContext
{
    private readonly CancellationToken _triggerToken;
    private string? _id;
    private IServiceProvider? _services;
    private AsyncServiceScope? _scope;
    private TraceContext? _trace;
    private BindingContext? _binding;
    private IDictionary<object, object>? _items;
    private InvocationFeatures? _features;
    private CancellationTokenSource? _timeout;

    public Invocation(Function function, IncomingRequest request)
    {
        Function = function;
        Request = request;
    }

    public Invocation(Function function, ActivityInvocation activity, CancellationToken cancellationToken)
    {
        Function = function;
        Activity = activity;
        _triggerToken = cancellationToken;
    }

    public Invocation(Function function, QueueDelivery message, CancellationToken cancellationToken)
    {
        Function = function;
        Message = message;
        _triggerToken = cancellationToken;
    }

    public Invocation(Function function, TimerFiring timer, CancellationToken cancellationToken)
    {
        Function = function;
        Timer = timer;
        _triggerToken = cancellationToken;
    }

    public Invocation(Function function, TaskOrchestrationContext orchestration)
    {
        Function = function;
        Orchestration = orchestration;
    }

    public Function Function { get; }

    /// <summary>Set when an HTTP request started the function.</summary>
    public IncomingRequest? Request { get; }

    /// <summary>Set when an orchestration called the function.</summary>
    public ActivityInvocation? Activity { get; }

    /// <summary>Set when a message of a queue started the function.</summary>
    public QueueDelivery? Message { get; }

    /// <summary>Set when a timer started the function.</summary>
    public TimerFiring? Timer { get; }

    /// <summary>Set when the function is an orchestrator.</summary>
    public TaskOrchestrationContext? Orchestration { get; }

    /// <summary>The result of the function, or its replacement by middleware.</summary>
    public object? Result { get; set; }

    public override string InvocationId => _id ?? Interlocked.CompareExchange(ref _id, Guid.NewGuid().ToString(), null) ?? _id;

    public override string FunctionId => Function.Id;

    public override TraceContext TraceContext =>
        _trace ??= W3CTraceContext.Of(
            System.Diagnostics.Activity.Current,
            Request?.TraceParent ?? Activity?.TraceParent,
            Request?.TraceState
        );

    public override BindingContext BindingContext => _binding ??= TriggerData.Of(this);

    public override RetryContext RetryContext => OnlyAttempt.Instance;

    public override IServiceProvider InstanceServices
    {
        get => _services ?? OpenScope();
        set => _services = value;
    }

    public override FunctionDefinition FunctionDefinition => Function;

    public override IDictionary<object, object> Items
    {
        get => _items ??= new Dictionary<object, object>();
        set => _items = value;
    }

    /// <inheritdoc cref="InvocationFeatures.ReplacedResponse"/>
    public HttpResponseData? ReplacedResponse => _features?.ReplacedResponse;

    public override IInvocationFeatures Features => _features ??= new InvocationFeatures(this);

    /// <inheritdoc />
    public override CancellationToken CancellationToken =>
        Function.Runtime.FunctionTimeout is { } limit && Orchestration is null ? LimitedToken(limit) : TriggerToken;

    private CancellationToken TriggerToken => Request?.Aborted ?? _triggerToken;

    /// <summary>Returns the invocation behind a context.</summary>
    /// <exception cref="ArgumentException">The context is not this runtime's.</exception>
    public static Invocation Of(FunctionContext context) =>
        context as Invocation ?? throw new ArgumentException("The context does not come from this runtime.", nameof(context));

    /// <summary>Disposes the resources of the invocation. Usually there is nothing to wait for.</summary>
    public ValueTask CloseAsync()
    {
        _timeout?.Dispose();
        return _scope is { } scope ? scope.DisposeAsync() : ValueTask.CompletedTask;
    }

    private IServiceProvider OpenScope()
    {
        var scope = Function.Runtime.Services.CreateAsyncScope();
        _scope = scope;
        return _services = scope.ServiceProvider;
    }

    private CancellationToken LimitedToken(TimeSpan limit)
    {
        if (_timeout is null)
        {
            _timeout = CancellationTokenSource.CreateLinkedTokenSource(TriggerToken);
            _timeout.CancelAfter(limit);
        }

        return _timeout.Token;
    }

    /// <summary>
    /// The only attempt: no trigger retries by itself here. A queue's redelivery and an activity's retry are new invocations.
    /// </summary>
    private sealed class OnlyAttempt : RetryContext
    {
        public static OnlyAttempt Instance { get; } = new();

        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }
}
