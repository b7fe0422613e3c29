using System.Reflection;
using System.Text;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>The <c>.sql</c> files of this folder, embedded in the assembly.</summary>
internal static class SqlFile
{
    /// <summary>The text of one.</summary>
    /// <param name="name">Without its extension; of one in a folder below, the folder and a full stop before it.</param>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Quorum.StandaloneHost.DurableTask.Hub.{name}.sql")
            ?? throw new InvalidOperationException($"The assembly holds no {name}.sql.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
