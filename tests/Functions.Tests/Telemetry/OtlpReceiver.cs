using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Quorum.Testing;

namespace Quorum.Functions.Tests.Telemetry;

/// <summary>A span as it came over the wire; ids are lower-case hexadecimal, and an absent parent is empty.</summary>
internal sealed record ReceivedSpan(string TraceId, string SpanId, string ParentId, string Name, string Scope);

internal sealed record ReceivedLog(string TraceId, string Body, string Attributes);

/// <summary>What takes OTLP over HTTP (http/protobuf), and keeps it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _payloads = new();
    private readonly SemaphoreSlim _arrived = new(0);

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            Keep(signal, body.ToArray());
            return Results.Bytes([], "application/x-protobuf");
        });
    }

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    public ConcurrentQueue<ReceivedLog> Logs { get; } = new();

    public ConcurrentDictionary<string, bool> Metrics { get; } = new();

    /// <summary>The settings that send an app's telemetry here, soon.</summary>
    public string[] Settings =>
    [
        $"OTEL_EXPORTER_OTLP_ENDPOINT={_app.Urls.Single()}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_BSP_SCHEDULE_DELAY=100",
        "OTEL_BLRP_SCHEDULE_DELAY=100", "OTEL_METRIC_EXPORT_INTERVAL=200", "OTEL_BSP_MAX_QUEUE_SIZE=100000", "OTEL_BLRP_MAX_QUEUE_SIZE=100000",
    ];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>The first place in all that came that holds the text, with what stands around it; <see langword="null"/> when none does.</summary>
    public string? Find(string text)
    {
        const int Around = 300;
        var wanted = Encoding.UTF8.GetBytes(text);
        foreach (var payload in _payloads)
        {
            if (payload.AsSpan().IndexOf(wanted) is >= 0 and var at)
            {
                return Encoding.Latin1.GetString(payload.AsSpan(Math.Max(0, at - Around)..Math.Min(payload.Length, at + Around)));
            }
        }

        return null;
    }

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        while (!condition())
        {
            await _arrived.WaitAsync().WithinAsync(what: what);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private void Keep(string signal, byte[] payload)
    {
        _payloads.Enqueue(payload);
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
                Spans.Enqueue(new ReceivedSpan(Wire.Hex(record, 1), Wire.Hex(record, 2), Wire.Hex(record, 4), Wire.Text(record, 5), scope));
                break;
            case "logs":
                Logs.Enqueue(new ReceivedLog(
                    Wire.Hex(record, 9),
                    string.Concat(Wire.Messages(record, 5).Select(body => Wire.Text(body, 1))),
                    string.Join(' ', Wire.Messages(record, 6).Select(pair => $"{Wire.Text(pair, 1)}={string.Concat(Wire.Messages(pair, 2).Select(value => Wire.Text(value, 1)))}"))));
                break;
            case "metrics":
                Metrics.TryAdd(Wire.Text(record, 1), true);
                break;
        }
    }

    /// <summary>As much of the protocol buffers encoding (https://protobuf.dev/programming-guides/encoding/) as is needed to look inside.</summary>
    private static class Wire
    {
        public static IEnumerable<byte[]> Messages(byte[] message, int field)
        {
            for (var at = 0; at < message.Length;)
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

        public static string Text(byte[] message, int field) => Messages(message, field).Select(Encoding.UTF8.GetString).FirstOrDefault() ?? "";

        public static string Hex(byte[] message, int field) => Messages(message, field).Select(Convert.ToHexStringLower).FirstOrDefault() ?? "";

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
