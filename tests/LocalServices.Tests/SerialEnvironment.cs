namespace Quorum.LocalServices.Tests;

/// <summary>The classes that set variables of this process. They run alone, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SerialEnvironment
{
    public const string Name = "Environment";
}
