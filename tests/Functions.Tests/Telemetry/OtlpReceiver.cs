using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Quorum.Testing;

namespace Quorum.Functions.Tests.Telemetry;

/// <summary>A span as it came over the wire; ids are lower-case hexadecimal, and an absent parent is empty. Of its attributes those that
/// are texts or whole numbers.</summary>
internal sealed record ReceivedSpan(
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    string Scope,
    IReadOnlyDictionary<string, string> Attributes
);

internal sealed record ReceivedLog(string TraceId, string Body, string Scope, IReadOnlyDictionary<string, string> Attributes);

/// <summary>Receives OTLP over HTTP (http/protobuf), and keeps it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Bytes)> _payloads = new();
    private readonly SemaphoreSlim _arrived = new(0);

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost(
            "/v1/{signal}",
            async (string signal, HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                Keep(signal, body.ToArray());
                return Results.Bytes([], "application/x-protobuf");
            }
        );
    }

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    public ConcurrentQueue<ReceivedLog> Logs { get; } = new();

    public ConcurrentDictionary<string, bool> Metrics { get; } = new();

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The settings that send an app's telemetry here, soon.</summary>
    public string[] Settings =>
        [
            $"OTEL_EXPORTER_OTLP_ENDPOINT={_app.Urls.Single()}",
            "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "OTEL_BSP_SCHEDULE_DELAY=100",
            "OTEL_BLRP_SCHEDULE_DELAY=100",
            "OTEL_METRIC_EXPORT_INTERVAL=200",
            "OTEL_BSP_MAX_QUEUE_SIZE=100000",
            "OTEL_BLRP_MAX_QUEUE_SIZE=100000",
        ];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>All that came of one signal (<c>traces</c>, <c>metrics</c>, <c>logs</c>), as it came.</summary>
    public IEnumerable<byte[]> Payloads(string signal) =>
        _payloads.Where(payload => payload.Signal == signal).Select(payload => payload.Bytes);

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        try
        {
            while (!condition())
            {
                await _arrived.WaitAsync(expired.Token);
            }
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException(
                $"Never came: {what}. What came: {string.Join(", ", Spans.Select(span => span.Name).Concat(Logs.Select(log => $"{log.Scope} {log.Attributes.GetValueOrDefault("FunctionName")}")).Distinct())}",
                exception
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private void Keep(string signal, byte[] payload)
    {
        _payloads.Enqueue((signal, payload));
        foreach (var resource in Wire.Messages(payload, 1))
        {
            foreach (var scope in Wire.Messages(resource, 2))
            {
                var name = Wire.Messages(scope, 1).Select(message => Wire.Text(message, 1)).FirstOrDefault() ?? "";
                foreach (var record in Wire.Messages(scope, 2))
                {
                    Keep(signal, name, record);
                }
            }
        }

        _arrived.Release();
    }

    private void Keep(string signal, string scope, byte[] record)
    {
        switch (signal)
        {
            case "traces":
                Spans.Enqueue(
                    new ReceivedSpan(
                        Wire.Hex(record, 1),
                        Wire.Hex(record, 2),
                        Wire.Hex(record, 4),
                        Wire.Text(record, 5),
                        scope,
                        Wire.Attributes(record, 9)
                    )
                );
                break;
            case "logs":
                Logs.Enqueue(
                    new ReceivedLog(
                        Wire.Hex(record, 9),
                        string.Concat(Wire.Messages(record, 5).Select(body => Wire.Text(body, 1))),
                        scope,
                        Wire.Attributes(record, 6)
                    )
                );
                break;
            case "metrics":
                Metrics.TryAdd(Wire.Text(record, 1), true);
                break;
        }
    }

    /// <summary>As much of the protocol buffers encoding (https://protobuf.dev/programming-guides/encoding/) as is needed to look
    /// inside.</summary>
    private static class Wire
    {
        /// <summary>The tag of an attribute's value that is one (field 3 of <c>AnyValue</c>).</summary>
        private const byte WholeNumber = 3 << 3;

        public static IEnumerable<byte[]> Messages(byte[] message, int field)
        {
            for (var at = 0; at < message.Length; )
            {
                var tag = Varint(message, ref at);
                switch (tag & 7)
                {
                    case 0:
                        Varint(message, ref at);
                        break;
                    case 1:
                        at += 8;
                        break;
                    case 5:
                        at += 4;
                        break;
                    default:
                        var length = (int)Varint(message, ref at);
                        if (tag >> 3 == (ulong)field)
                        {
                            yield return message[at..(at + length)];
                        }

                        at += length;
                        break;
                }
            }
        }

        /// <summary>The last of those with the same name, as the innermost scope gives it.</summary>
        public static Dictionary<string, string> Attributes(byte[] message, int field)
        {
            var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var pair in Messages(message, field))
            {
                var value = Messages(pair, 2).FirstOrDefault() ?? [];
                attributes[Text(pair, 1)] = value is [WholeNumber, ..] ? Number(value) : Text(value, 1);
            }

            return attributes;
        }

        public static string Text(byte[] message, int field) =>
            Messages(message, field).Select(Encoding.UTF8.GetString).FirstOrDefault() ?? "";

        public static string Hex(byte[] message, int field) =>
            Messages(message, field).Select(Convert.ToHexStringLower).FirstOrDefault() ?? "";

        private static string Number(byte[] value)
        {
            var at = 1;
            return Varint(value, ref at).ToString(CultureInfo.InvariantCulture);
        }

        private static ulong Varint(byte[] message, ref int at)
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var piece = message[at++];
                value |= (ulong)(piece & 0x7f) << shift;
                if (piece < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
