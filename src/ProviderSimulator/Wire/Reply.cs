using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Quorum.ProviderSimulator;

/// <summary>An answer being written: status, headers and body, in memory until it is sent. Reused from call to call.</summary>
internal sealed class Reply : IDisposable
{
    public const string Json = "application/json",
        Html = "text/html; charset=UTF-8",
        Text = "text/plain; charset=utf-8",
        Csv = "text/csv";

    private readonly ArrayBufferWriter<byte> _body = new(2_048);
    private readonly Utf8JsonWriter _compact,
        _indented;
    private FaultPlan _faults = FaultPlan.None;

    public Reply()
    {
        _compact = new(_body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        _indented = new(
            _body,
            new JsonWriterOptions
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                SkipValidation = true,
                Indented = true,
                IndentSize = 4,
                NewLine = "\n",
            }
        );
        Writer = _compact;
    }

    public int Status { get; private set; } = StatusCodes.Status200OK;

    public string? ContentType { get; private set; }

    public CallOutcome Outcome { get; set; }

    public List<(string Name, string Value)> Headers { get; } = [];

    public ReadOnlySpan<byte> Body => _body.WrittenSpan;

    public ReadOnlyMemory<byte> BodyMemory => _body.WrittenMemory;

    /// <summary>The writer of the body; flushed by <see cref="Finish"/>.</summary>
    public Utf8JsonWriter Writer { get; private set; }

    public void Reset(FaultPlan faults)
    {
        _faults = faults;
        Clear();
        Headers.Clear();
    }

    /// <summary>Begins a JSON body and discards any other.</summary>
    public Utf8JsonWriter Begin(CallOutcome outcome, int status = StatusCodes.Status200OK, bool indented = false)
    {
        Clear();
        (Status, ContentType, Outcome) = (status, Json, outcome);
        return Writer = indented ? _indented : _compact;
    }

    /// <summary>Writes the whole body at once.</summary>
    public void Raw(int status, string contentType, ReadOnlySpan<byte> body, CallOutcome outcome)
    {
        Clear();
        (Status, ContentType, Outcome) = (status, contentType, outcome);
        _body.Write(body);
    }

    public void SetStatus(int status) => Status = status;

    /// <summary>Writes an object of strings, such as <c>{"error":"..."}</c>.</summary>
    public void Message(CallOutcome outcome, int status, params ReadOnlySpan<(string Name, string Value)> members)
    {
        var json = Begin(outcome, status);
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    public void Header(string name, string value) => Headers.Add((name, value));

    public void Finish() => Writer.Flush();

    /// <summary>Appends plain text to the body, for CSV.</summary>
    public void Append(string text) => _body.Write(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a price or another measured number.</summary>
    public void Number(ReadOnlySpan<byte> name, decimal value)
    {
        if (ReferenceEquals(_faults, FaultPlan.None))
        {
            Writer.WriteNumber(name, value);
            return;
        }

        BentFields.Number(Writer, _faults, name, value);
    }

    /// <summary>Writes a time or a count of seconds. A schema drift applies to it; NaN never does.</summary>
    public void Time(ReadOnlySpan<byte> name, long value)
    {
        value = BentFields.Time(value, _faults);
        if (_faults.Drift == SchemaDrift.None)
        {
            Writer.WriteNumber(name, value);
            return;
        }

        BentFields.Number(Writer, _faults with { BadNumbers = null }, name, value);
    }

    /// <summary>Writes a number that this provider sends as a string.</summary>
    public void Quoted(ReadOnlySpan<byte> name, decimal value, ReadOnlySpan<char> format, ReadOnlySpan<byte> suffix = default)
    {
        Span<byte> text = stackalloc byte[48];
        value.TryFormat(text, out var length, format, System.Globalization.CultureInfo.InvariantCulture);
        suffix.CopyTo(text[length..]);
        Quoted(name, text[..(length + suffix.Length)]);
    }

    /// <inheritdoc cref="Quoted(ReadOnlySpan{byte}, decimal, ReadOnlySpan{char}, ReadOnlySpan{byte})"/>
    public void Quoted(ReadOnlySpan<byte> name, double value, ReadOnlySpan<char> format)
    {
        Span<byte> text = stackalloc byte[48];
        value.TryFormat(text, out var length, format, System.Globalization.CultureInfo.InvariantCulture);
        Quoted(name, text[..length]);
    }

    private void Quoted(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (ReferenceEquals(_faults, FaultPlan.None))
        {
            Writer.WriteString(name, text);
            return;
        }

        BentFields.Quoted(Writer, _faults, name, text);
    }

    public void Dispose()
    {
        _compact.Dispose();
        _indented.Dispose();
    }

    private void Clear()
    {
        _body.ResetWrittenCount();
        _compact.Reset();
        _indented.Reset();
    }
}
