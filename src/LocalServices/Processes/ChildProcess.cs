using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quorum.LocalServices.Processes;

/// <summary>A running child process that ends with this one and whose output is kept.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly OutputLog _log;
    private readonly ConcurrentDictionary<Func<string, bool>, TaskCompletionSource<string>> _awaited = new();

    private ChildProcess(ChildCommand command, Process process, OutputLog log)
    {
        Command = command;
        _process = process;
        _log = log;
        Id = process.Id;
        Exited = RunAsync();
    }

    public ChildCommand Command { get; }

    public int Id { get; }

    /// <summary>Completes with the exit code once the process has ended and its output is read.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines of its output, standard error included, oldest first.</summary>
    public IReadOnlyList<string> LastLines => _log.LastLines();

    /// <summary>Starts the process.</summary>
    /// <exception cref="LocalServiceException">The program does not exist or may not be run.</exception>
    public static async Task<ChildProcess> StartAsync(ChildCommand command)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        if (OperatingSystem.IsWindows())
        {
            start.FileName = command.Program;
            foreach (var argument in command.Arguments)
            {
                start.ArgumentList.Add(argument);
            }
        }
        else
        {
            var line = UnixGuard.Wrap(command);
            start.FileName = line[0];
            foreach (var argument in line[1..])
            {
                start.ArgumentList.Add(argument);
            }
        }
        if (!command.InheritsEnvironment)
        {
            foreach (var name in start.Environment.Keys.Where(name => !ChildEnvironment.IsInherited(name)).ToList())
            {
                start.Environment.Remove(name);
            }
        }

        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        var output = new OutputLog(command.LogFile);
        try
        {
            var started = await LaunchThread.RunAsync(() => Process.Start(start)!); // null only for documents opened by the shell
            if (command.Input is { } input)
            {
                await started.StandardInput.WriteAsync(input);
            }

            if (OperatingSystem.IsWindows() || !UnixGuard.WatchesInputOf(command))
            {
                started.StandardInput.Close();
            }

            return new ChildProcess(command, started, output);
        }
        catch (Win32Exception exception)
        {
            output.Dispose();
            throw new LocalServiceException($"{command.Name} cannot be started: {exception.Message}", exception);
        }
    }

    /// <summary>Runs a process to its end.</summary>
    /// <exception cref="LocalServiceException">
    /// The process could not be started, or ended with an exit code other than 0; the message has its last lines.
    /// </exception>
    public static async Task<IReadOnlyList<string>> RunToEndAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        await using var child = await StartAsync(command);
        var code = await child.Exited.WaitAsync(cancellationToken);
        if (code != 0)
        {
            throw child.Failure($"{command.Name} failed with exit code {code}.");
        }

        return child.LastLines;
    }

    /// <summary>Waits for a line of the output.</summary>
    /// <exception cref="LocalServiceException">The process ended, or the deadline passed, before such a line.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> wanted, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var found = _awaited.GetOrAdd(wanted, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            foreach (var line in _log.LastLines())
            {
                if (wanted(line))
                {
                    return line;
                }
            }
            await Task.WhenAny(found.Task, Exited).WaitAsync(deadline, cancellationToken);
            if (found.Task.IsCompletedSuccessfully)
            {
                return await found.Task;
            }

            throw Failure($"{Command.Name} ended with exit code {await Exited} before it was ready.");
        }
        catch (TimeoutException)
        {
            throw Failure($"{Command.Name} was not ready within {deadline.TotalSeconds:0} s.");
        }
        finally
        {
            _awaited.TryRemove(wanted, out _);
        }
    }

    /// <summary>Asks the process to end, and kills it if it has not ended within <paramref name="timeout"/>.</summary>
    public async Task StopAsync(StopSignal signal, TimeSpan timeout)
    {
        if (Exited.IsCompleted)
        {
            return;
        }

        Send(signal);
        try
        {
            await Exited.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            Kill();
            await Exited;
        }
    }

    /// <summary>Sends a signal. On Windows every signal ends the process.</summary>
    public void Send(StopSignal signal)
    {
        if (OperatingSystem.IsWindows())
        {
            Kill();
        }
        else if (!Exited.IsCompleted)
        {
            _ = SendSignal(Id, UnixGuard.SignalTo(Command, signal)); // it may have ended meanwhile, which is the goal
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(StopSignal.Terminate, DisposeTimeout);
        _process.Dispose();
    }

    /// <summary>Returns an exception with the message and the end of the output.</summary>
    public LocalServiceException Failure(string message)
    {
        var lines = LastLines;
        if (lines.Count > 0)
        {
            message +=
                $"{Environment.NewLine}Its last lines:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", lines.TakeLast(15))}";
        }

        if (Command.LogFile is { } file)
        {
            message += $"{Environment.NewLine}Log: {file}";
        }

        return new LocalServiceException(message);
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // The process has ended by itself.
        }
    }

    private async Task<int> RunAsync()
    {
        var output = ReadAsync(_process.StandardOutput);
        var errors = ReadAsync(_process.StandardError);
        await _process.WaitForExitAsync();
        // A grandchild may hold the pipes open after the child has ended; its output is not awaited.
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(TimeSpan.FromMilliseconds(500)));
        _log.Dispose();
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _log.Add(line);
            if (_awaited.IsEmpty)
            {
                continue;
            }

            foreach (var (wanted, found) in _awaited)
            {
                if (wanted(line))
                {
                    found.TrySetResult(line);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
